import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { ContextVar, createTask, currentTask, type EventLoop, getRunningLoop } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { connectTo, type Hooks, Recorder, withPair, withServer } from "./recording.ts";

const METHODS = ["connectionMade", "dataReceived", "eofReceived", "connectionLost"] as const;

/** Hooks that all do the same. */
function everywhere(look: (method: string) => void): Hooks {
  return Object.fromEntries(METHODS.map((method) => [method, () => look(method)]));
}

async function converse(hooks: Hooks): Promise<void> {
  await withPair(
    async ({ client, server }) => {
      client.transport.write("data");
      client.transport.writeEof();
      await server.untilLost();
    },
    { server: hooks },
  );
}

/** One connection says one word, and another one after it the other. */
async function sayFirstAndSecond(port: number): Promise<void> {
  for (const word of ["first", "second"]) {
    const client = await connectTo(port, new Recorder());
    client.transport.write(word);
    client.transport.writeEof();
    await client.untilLost();
  }
}

describeOnLoops("the methods of a protocol", ({ it, run }) => {
  it("run in no task, on the running loop [PR-01 PR-02]", () =>
    run(async () => {
      const seen: [string, unknown, EventLoop][] = [];
      await converse(everywhere((method) => void seen.push([method, currentTask(), getRunningLoop()])));
      assert.deepEqual(
        seen.map(([method, task, loop]) => [method, task, loop === getRunningLoop()]),
        METHODS.map((method) => [method, null, true]),
      );
    }));

  it("see the variables of where the server was created [PR-01]", () =>
    run(async () => {
      const variable = new ContextVar("v", { default: "unset" });
      const seen: string[] = [];
      variable.set("server");
      await converse(everywhere(() => void seen.push(variable.get())));
      assert.deepEqual(seen, ["server", "server", "server", "server"]);
    }));

  it("see the variables of where the connection was made, as they were then [PR-01]", () =>
    run(async () => {
      const variable = new ContextVar("v", { default: "unset" });
      const seen: string[] = [];
      await withServer(
        () => new Recorder({ connectionMade: ({ transport }) => transport.write("hello") }),
        async (port) => {
          const client = new Recorder(everywhere(() => void seen.push(variable.get())));
          await createTask(async () => {
            variable.set("creator");
            await connectTo(port, client);
            variable.set("later");
          });
          await client.untilText("hello");
          client.transport.close();
          await client.untilLost();
        },
      );
      assert.deepEqual(seen, ["creator", "creator", "creator"]);
    }));

  it("keep the variables that they set themselves [PR-02]", () =>
    run(async () => {
      const count = new ContextVar("count", { default: 0 });
      const seen: number[] = [];
      await withPair(
        async ({ client, server }) => {
          for (const word of ["a", "b", "c"]) {
            client.transport.write(word);
            await server.until(() => server.text.endsWith(word));
          }
          assert.deepEqual(seen, [1, 2, 3]);
          assert.equal(count.get(), 0);
        },
        {
          server: {
            dataReceived: () => {
              count.set(count.get() + 1);
              seen.push(count.get());
            },
          },
        },
      );
    }));

  it("share no variables with another connection of the same server [PR-02]", () =>
    run(async () => {
      const variable = new ContextVar("v", { default: "unset" });
      const seen: string[] = [];
      const factory = () =>
        new Recorder({
          dataReceived: (_self, data) => {
            seen.push(variable.get());
            variable.set(String(data));
          },
        });
      await withServer(factory, sayFirstAndSecond);
      assert.deepEqual(seen, ["unset", "unset"]);
    }));

  it("see a variable from the moment when they set it, also in what they have begun [PR-02]", () =>
    run(async () => {
      const variable = new ContextVar("v", { default: "unset" });
      const storage = new AsyncLocalStorage<string>();
      const seen: string[] = [];
      const later: Promise<void>[] = [];
      const lookLater = async (): Promise<void> => {
        await Promise.resolve();
        seen.push(`later ${variable.get()}`);
      };
      await converse({
        dataReceived: () => {
          storage.run("inner", () => {
            const token = variable.set("dropped");
            variable.reset(token);
            variable.set("set");
            later.push(lookLater());
          });
          seen.push(variable.get());
        },
        connectionLost: () => void seen.push(variable.get()),
      });
      await Promise.all(later);
      assert.deepEqual(seen, ["set", "later set", "set"]);
    }));

  it("share a variable that their factory sets with no other connection [PR-02]", () =>
    run(async () => {
      const variable = new ContextVar("v", { default: "unset" });
      const seen: string[] = [];
      const factory = () => {
        seen.push(`factory ${variable.get()}`);
        variable.set("made");
        return new Recorder({ connectionMade: () => void seen.push(variable.get()) });
      };
      await withServer(factory, async (port) => {
        for (let count = 0; count < 2; count++) {
          const client = await connectTo(port, new Recorder());
          client.transport.writeEof();
          await client.untilLost();
        }
      });
      assert.deepEqual(seen, ["factory unset", "made", "factory unset", "made"]);
    }));

  it("enter no other connection's AsyncLocalStorage [PR-02]", () =>
    run(async () => {
      const storage = new AsyncLocalStorage<string>();
      const seen: (string | undefined)[] = [];
      const factory = () =>
        new Recorder({
          dataReceived: (_self, data) => {
            seen.push(storage.getStore());
            storage.enterWith(String(data));
          },
        });
      await withServer(factory, sayFirstAndSecond);
      assert.deepEqual(seen, [undefined, undefined]);
    }));

  it("see the AsyncLocalStorage of other libraries as the creator did [PR-01]", () =>
    run(async () => {
      const storage = new AsyncLocalStorage<string>();
      const seen: (string | undefined)[] = [];
      await storage.run("request 7", () => converse(everywhere(() => void seen.push(storage.getStore()))));
      assert.deepEqual(
        seen,
        METHODS.map(() => "request 7"),
      );
    }));

  it("may create tasks, which see the variables of the connection [PR-02]", () =>
    run(async () => {
      const variable = new ContextVar("v", { default: "unset" });
      variable.set("server");
      await withPair(
        async ({ client }) => {
          client.transport.write("question");
          await client.untilText("answer of server");
        },
        {
          server: {
            dataReceived: ({ transport }) => {
              createTask(async () => transport.write(`answer of ${variable.get()}`));
            },
          },
        },
      );
    }));

  it("pauseWriting runs within the write, in its task and variables [TR-09]", () =>
    run(async () => {
      const variable = new ContextVar("v", { default: "unset" });
      const seen: unknown[] = [];
      await withPair(
        async ({ client, server }) => {
          server.transport.pauseReading();
          variable.set("writer");
          client.transport.setWriteBufferLimits({ high: 0 });
          client.transport.write(Buffer.alloc(20_000_000));
          assert.deepEqual(seen, [currentTask(), "writer"]);
        },
        { client: { pauseWriting: () => void seen.push(currentTask(), variable.get()) } },
      );
    }));
});
