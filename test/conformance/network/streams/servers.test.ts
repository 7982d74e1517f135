import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import {
  allTasks,
  ArgumentRangeError,
  ArgumentTypeError,
  createTask,
  currentTask,
  Event,
  type ExceptionContext,
  getRunningLoop,
  isCancelled,
  openConnection,
  type Server,
  sleep,
  startServer,
  type StreamReader,
  type StreamWriter,
} from "gyre";
import { expectTrouble } from "../../../support/leaks.ts";
import { describeOnLoops } from "../../../support/loops.ts";
import { portOf } from "./support.ts";

type OnClient = Parameters<typeof startServer>[0];

const connect = (server: Server) => openConnection("127.0.0.1", portOf(server));

/** Serves while `body` runs. */
async function serving(onClient: OnClient, body: (server: Server) => Promise<void>): Promise<void> {
  await using server = await startServer(onClient, "127.0.0.1", 0);
  await body(server);
}

/** What the exception handler is told while `body` runs. */
async function reports(body: (seen: Event) => Promise<void>): Promise<ExceptionContext[]> {
  const contexts: ExceptionContext[] = [];
  const seen = new Event();
  getRunningLoop().setExceptionHandler((_loop, context) => {
    contexts.push(context);
    seen.set();
  });
  await body(seen);
  return contexts;
}

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) {
    writer.write(line);
    await writer.drain();
  }
  writer.close();
}

describeOnLoops("startServer", ({ it, run }) => {
  it("serves many clients with an async function [STR-01 STR-02]", () =>
    run(() =>
      serving(echo, async (server) => {
        const ask = async (question: string) => {
          const [reader, writer] = await connect(server);
          writer.write(`${question}\n`);
          writer.writeEof();
          const answer = String(await reader.read());
          writer.close();
          await writer.waitClosed();
          return answer;
        };
        const questions = Array.from(Array(20).keys(), String);
        assert.deepEqual(
          await Promise.all(questions.map(ask)),
          questions.map((question) => `${question}\n`),
        );
      }),
    ));

  it("runs an async function as a task of the loop [STR-02]", () =>
    run(async () => {
      let inside: boolean | null = null;
      const onClient = async (_: StreamReader, writer: StreamWriter) => {
        await sleep(0);
        const task = currentTask();
        inside = task !== null && allTasks().has(task);
        writer.close();
      };
      await serving(onClient, async (server) => {
        const [reader, writer] = await connect(server);
        await reader.read();
        writer.close();
        assert.equal(inside, true);
      });
    }));

  it("calls a plain function before the first byte comes [STR-02]", () =>
    run(async () => {
      const greeted: number[] = [];
      const onClient = (reader: StreamReader, writer: StreamWriter) => {
        greeted.push(reader.statistics().buffered);
        writer.write("hello");
        writer.close();
      };
      await serving(onClient, async (server) => {
        const [reader, writer] = await connect(server);
        writer.write("early");
        assert.equal(String(await reader.read()), "hello");
        writer.close();
        assert.deepEqual(greeted, [0]);
      });
    }));

  it("leaves a connection open that its function leaves open [STR-02]", () =>
    run(async () => {
      let kept: StreamWriter | null = null;
      const onClient = async (_: StreamReader, writer: StreamWriter) => {
        await sleep(0);
        kept = writer;
        writer.write("x");
      };
      await serving(onClient, async (server) => {
        const [reader, writer] = await connect(server);
        await reader.readexactly(1);
        await sleep(0);
        assert.equal(server.statistics().connections, 1);
        kept?.close();
        assert.equal((await reader.read()).length, 0);
        writer.close();
      });
    }));

  for (const [kind, onClient] of [
    ["an async", async () => sleep(0).then(() => assert.fail("a bug"))],
    ["a plain", () => assert.fail("a bug")],
  ] as const) {
    it(`reports the error of ${kind} function, and closes its connection only [STR-02]`, () =>
      run(async () => {
        const contexts = await reports((seen) =>
          serving(onClient, async (server) => {
            const [reader, writer] = await connect(server);
            assert.equal((await reader.read()).length, 0);
            await seen.wait();
            assert.equal(server.isServing(), true);
            writer.close();
          }),
        );
        assert.equal(contexts.length, 1);
        assert.equal(contexts[0]?.message, "Unhandled exception in the client callback");
        assert.match(String(contexts[0]?.exception), /a bug/);
        assert.ok(contexts[0]?.transport);
      }));
  }

  it("closes the connection of a function that is cancelled, and reports nothing [STR-02]", () =>
    run(async () => {
      const onClient = async () => {
        currentTask()?.cancel();
        await sleep(60_000);
      };
      await serving(onClient, async (server) => {
        const [reader, writer] = await connect(server);
        assert.equal((await reader.read()).length, 0);
        writer.close();
      });
    }));

  it("has its clients cancelled at the end of the program [STR-02 RUN-04]", async () => {
    const log: string[] = [];
    let client: StreamWriter | null = null;
    expectTrouble("warning", /loop was closed while these were open/); // main forgot the server
    await run(async () => {
      const entered = new Event();
      const onClient = async (reader: StreamReader, writer: StreamWriter) => {
        try {
          entered.set();
          await reader.readline();
        } catch (error) {
          if (isCancelled(error)) log.push("cancelled");
          throw error;
        } finally {
          client = writer;
        }
      };
      const server = await startServer(onClient, "127.0.0.1", 0);
      await connect(server);
      await entered.wait();
    });
    assert.deepEqual(log, ["cancelled"]);
    assert.equal((client as StreamWriter | null)?.isClosing(), true);
  });

  it("shuts down in three lines: no new clients, the open ones end, all have ended [STR-02 SRV-09]", () =>
    run(async () => {
      const done: string[] = [];
      const onClient = async (reader: StreamReader, writer: StreamWriter) => {
        await echo(reader, writer);
        done.push("one");
      };
      const server = await startServer(onClient, "127.0.0.1", 0);
      const clients = await Promise.all([connect(server), connect(server)]);
      for (const [reader, writer] of clients) {
        writer.write("hello\n");
        assert.equal(String(await reader.readline()), "hello\n");
      }

      server.close();
      server.closeClients();
      await server.waitClosed();

      for (const [reader, writer] of clients) {
        assert.equal((await reader.read()).length, 0);
        writer.close();
      }
      assert.deepEqual(done, ["one", "one"]);
    }));

  it(
    "tells every part of a client that the connection was reset [STR-02 STR-18 STR-22]",
    { needs: ["sockets"] },
    () =>
      run(async () => {
        const outcomes: unknown[] = [];
        const over = new Event();
        const onClient = async (reader: StreamReader, writer: StreamWriter) => {
          await reader.readexactly(4);
          writer.write("go on");
          const results = await Promise.allSettled([reader.readline(), writer.waitClosed()]);
          results.push(...(await Promise.allSettled([writer.drain(), reader.read(1)])));
          for (const result of results) outcomes.push(result.status === "rejected" && result.reason.code);
          over.set();
        };
        await serving(onClient, async (server) => {
          const socket = net.connect(portOf(server), "127.0.0.1");
          await once(socket, "connect");
          socket.write("half a line");
          await once(socket, "data");
          socket.resetAndDestroy();
          await over.wait();
        });
        assert.deepEqual(outcomes, Array(4).fill("ECONNRESET"));
      }),
  );

  it("gives its readers their limit [STR-01 STR-02]", () =>
    run(async () => {
      let limit = 0;
      const onClient = (reader: StreamReader, writer: StreamWriter) => {
        limit = reader.statistics().limit;
        writer.close();
      };
      await using server = await startServer(onClient, "127.0.0.1", 0, { limit: 123 });
      const [reader, writer] = await openConnection("127.0.0.1", portOf(server), { limit: 45 });
      await reader.read();
      writer.close();
      assert.deepEqual([limit, reader.statistics().limit], [123, 45]);
    }));

  it("refuses wrong arguments of either kind, and leaves nothing open [STR-01 STR-02]", () =>
    run(async () => {
      // @ts-expect-error -- a function is needed
      assert.throws(() => startServer("no function", "127.0.0.1", 0), ArgumentTypeError);
      // @ts-expect-error -- a number is needed
      assert.throws(() => startServer(echo, "127.0.0.1", 0, { limit: "1" }), ArgumentTypeError);
      // @ts-expect-error -- a number is needed
      assert.throws(() => openConnection("127.0.0.1", 1, { limit: {} }), ArgumentTypeError);
      // @ts-expect-error -- a string is needed
      assert.throws(() => openConnection(42, 1), ArgumentTypeError);
      await assert.rejects(startServer(echo, "127.0.0.1", 0, { limit: 0 }), ArgumentRangeError);
      await assert.rejects(openConnection("127.0.0.1", 1, { limit: -1 }), ArgumentRangeError);
    }));

  it("lets openConnection fail as the system does [STR-01]", () =>
    run(async () => {
      const server = await startServer(echo, "127.0.0.1", 0);
      const port = portOf(server);
      server.close();
      await server.waitClosed();
      await assert.rejects(openConnection("127.0.0.1", port), { code: "ECONNREFUSED", port });
    }));

  it("leaves nothing open when openConnection is cancelled [STR-01]", () =>
    run(() =>
      serving(echo, async (server) => {
        const task = createTask(() => connect(server));
        await sleep(0);
        task.cancel();
        await assert.rejects(task, isCancelled);
        server.abortClients();
      }),
    ));
});
