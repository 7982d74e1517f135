import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { allTasks, currentTask, ExceptionGroup, sleep, TaskGroup, Timeout, taskGroup, timeout } from "gyre";
import { guardLeaks } from "../../support/leaks.ts";
import { deferred } from "../support/deferred.ts";

/** Outside of every run(): the ambient loop of the thread. */
describe("groups and timeouts on the ambient loop", () => {
  guardLeaks();

  it("run their body in a task of its own [TG-01 TO-03]", async () => {
    assert.equal(currentTask(), null);
    const inGroup = await taskGroup(async () => currentTask()?.cancelling());
    const inTimeout = await timeout(1000, async () => currentTask()?.cancelling());
    assert.deepEqual([inGroup, inTimeout], [0, 0]);
    assert.equal(currentTask(), null);
  });

  it("wait for the tasks and give the value of the body [TG-03]", async () => {
    const steps: string[] = [];
    const value = await taskGroup(async (group) => {
      group.createTask(async () => {
        await sleep(3);
        steps.push("task ended");
      });
      return "value";
    });
    assert.equal(value, "value");
    assert.deepEqual(steps, ["task ended"]);
  });

  it("give errors in a group [TG-04 TG-06]", async () => {
    const error = new Error("task");
    const running = taskGroup(async (group) => {
      group.createTask(async () => {
        throw error;
      });
      await sleep(60_000);
    });
    await assert.rejects(running, (thrown: unknown) => {
      assert.ok(thrown instanceof ExceptionGroup);
      assert.deepEqual(thrown.errors, [error]);
      return true;
    });
  });

  it("time out [TO-04 TO-05]", async () => {
    await assert.rejects(
      timeout(2, () => sleep(60_000)),
      { code: "GYRE_TIMEOUT" },
    );
  });

  it("can be made first and run later, and cancelled by whoever holds them [TG-14]", async () => {
    const group = new TaskGroup();
    const running = group.run(async () => {
      group.createTask(() => sleep(60_000));
    });
    setTimeout(() => group.cancel(), 2);
    await running;
    assert.equal(group.statistics().state, "finished");
  });

  it("belong to somebody's task in Timeout.run, which needs one [TO-03]", async () => {
    const scope = new Timeout(null);
    await assert.rejects(
      scope.run(async () => {}),
      { code: "GYRE_NO_TASK" },
    );
  });

  it("do not mix up two that run side by side [TG-03 TO-09]", async () => {
    const results = await Promise.allSettled([
      timeout(2, () => sleep(60_000)),
      timeout(1000, () => sleep(4, "in time")),
      taskGroup(async (group) => group.createTask(() => sleep(1, "task"))),
    ]);
    assert.deepEqual(
      results.map((result) => (result.status === "fulfilled" ? result.value : "rejected")),
      ["rejected", "in time", "task"],
    );
  });
});

describe("groups and timeouts in a request handler of node:http", () => {
  guardLeaks();

  it("serve requests side by side, each with tasks of its own [TG-03]", () =>
    serve(
      async (request, response) => {
        const words = await taskGroup(async (group) => {
          const path = group.createTask(() => sleep(2, request.url));
          const method = group.createTask(() => sleep(1, request.method));
          return `${await method} ${await path}`;
        });
        response.end(words);
      },
      async (url) => {
        const bodies = await Promise.all(["a", "b", "c"].map((name) => fetchText(`${url}/${name}`)));
        assert.deepEqual(bodies, ["GET /a", "GET /b", "GET /c"]);
      },
    ));

  it("answer 504 at the deadline, with nothing left running [TO-04 TG-08]", () =>
    serve(
      async (_request, response) => {
        try {
          await timeout(3, () =>
            taskGroup(async (group) => {
              group.createTask(() => sleep(60_000));
              await sleep(60_000);
            }),
          );
        } catch (error) {
          response.statusCode = (error as { code?: string }).code === "GYRE_TIMEOUT" ? 504 : 500;
        }
        response.end(`${allTasks().size} tasks`);
      },
      async (url) => assert.equal(await fetchText(url), "504 0 tasks"),
    ));

  it("end with the request when the client goes away [TG-14]", async () => {
    const [begun, handled] = [deferred<void>(), deferred<void>()];
    await serve(
      async (_request, response) => {
        const group = new TaskGroup();
        response.on("close", () => group.cancel());
        await group.run(async () => {
          begun.resolve();
          group.createTask(() => sleep(60_000));
          await sleep(60_000);
        });
        handled.resolve();
      },
      async (url) => {
        const request = get(url, { agent: false });
        request.on("error", () => undefined);
        await begun.promise;
        request.destroy();
        await handled.promise;
        assert.equal(allTasks().size, 0);
      },
    );
  });
});

/** Plain node:http, as in any existing program. */
async function serve(
  handler: (...args: Parameters<RequestListener>) => Promise<void>,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    handler(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }
}

async function fetchText(url: string): Promise<string> {
  const [response] = (await once(get(url, { agent: false }), "response")) as [IncomingMessage];
  let text = response.statusCode === 200 ? "" : `${response.statusCode} `;
  for await (const chunk of response) text += String(chunk);
  return text;
}
