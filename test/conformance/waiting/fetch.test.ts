import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { checkpoint, createTask, fetch, isCancelled, sleep, timeout, TimeoutError } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { deferred } from "../support/deferred.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on loopback for the duration of `body`; it tells which requests their clients gave up. */
async function withServer(
  handler: Handler,
  body: (
    url: string,
    server: { readonly requests: number; readonly requested: Promise<void>; readonly aborted: Promise<void> },
  ) => Promise<void>,
): Promise<void> {
  const [requested, aborted] = [deferred<void>(), deferred<void>()];
  const state = { requests: 0, requested: requested.promise, aborted: aborted.promise };
  const server: Server = createServer((request, response) => {
    state.requests++;
    requested.resolve();
    response.setHeader("connection", "close");
    response.once("close", () => {
      if (!response.writableFinished) aborted.resolve();
    });
    handler(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  try {
    await body(`http://127.0.0.1:${port}/`, state);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
}

const answer: Handler = (_request, response) => void response.end("hello");
const neverAnswer: Handler = () => {};
const neverFinish: Handler = (_request, response) => void response.write("first half");

describeOnLoops("fetch", ({ it, run }) => {
  it("fetches, in a task and outside [WAIT-01]", () =>
    withServer(answer, async (url) => {
      const outside = await fetch(url);
      assert.equal(await outside.text(), "hello");
      const inside = await run(async () => {
        const response = await fetch(url);
        return response.text();
      });
      assert.equal(inside, "hello");
    }));

  it("ends at once when its task is cancelled, and gives the request up [TASK-12]", () =>
    withServer(neverAnswer, (url, server) =>
      run(async () => {
        const task = createTask(async () => fetch(url));
        await server.requested;
        task.cancel("no longer needed");
        await assert.rejects(task, { code: "GYRE_CANCELLED", message: "no longer needed" });
        assert.equal(task.cancelled(), true);
        await server.aborted;
      }),
    ));

  it("ends at once also while the body is read [TASK-12]", () =>
    withServer(neverFinish, (url, server) =>
      run(async () => {
        const steps: string[] = [];
        const started = deferred<void>();
        const task = createTask(async () => {
          const response = await fetch(url);
          steps.push("headers");
          started.resolve();
          await response.text();
          steps.push("not reached");
        });
        await started.promise;
        task.cancel();
        await assert.rejects(task, isCancelled);
        assert.deepEqual(steps, ["headers"]);
        await server.aborted;
      }),
    ));

  it("is cancelled once: the waits of finally blocks are left alone [TASK-12]", () =>
    withServer(neverAnswer, (url, server) =>
      run(async () => {
        const steps: string[] = [];
        const task = createTask(async () => {
          try {
            await fetch(url);
          } finally {
            await sleep(2);
            steps.push("slept");
            await checkpoint();
            steps.push("checked");
          }
        });
        await server.requested;
        task.cancel();
        await assert.rejects(task, isCancelled);
        assert.deepEqual(steps, ["slept", "checked"]);
      }),
    ));

  it("is cancelled once while the body is read, too [TASK-12]", () =>
    withServer(neverFinish, (url) =>
      run(async () => {
        const steps: string[] = [];
        const started = deferred<void>();
        const task = createTask(async () => {
          const response = await fetch(url);
          try {
            steps.push("headers");
            started.resolve();
            await response.arrayBuffer();
          } finally {
            await sleep(2);
            steps.push("slept");
          }
        });
        await started.promise;
        task.cancel();
        await assert.rejects(task, isCancelled);
        assert.deepEqual(steps, ["headers", "slept"]);
      }),
    ));

  it("is cut off by a timeout, after which the task can fetch again [TO-04]", () =>
    withServer(
      (request, response) => {
        if (request.url === "/quick") response.end("second");
      },
      (url) =>
        run(async () => {
          await assert.rejects(
            timeout(20, () => fetch(`${url}stuck`)),
            TimeoutError,
          );
          const response = await timeout(5000, () => fetch(`${url}quick`));
          assert.equal(await response.text(), "second");
          await sleep(1);
        }),
    ));

  it("heeds a signal of the caller's own as well [TASK-12]", () =>
    withServer(neverAnswer, (url) =>
      run(async (main) => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(new RangeError("my own reason")), 5);
        await assert.rejects(fetch(url, { signal: controller.signal }), RangeError);
        await assert.rejects(fetch(new Request(url, { signal: controller.signal })), RangeError);
        assert.equal(main.cancelling(), 0);
      }),
    ));

  it("does not start in a task that was cancelled already [TASK-12]", () =>
    withServer(answer, (url, server) =>
      run(async () => {
        const task = createTask(async (self) => {
          self.cancel();
          await fetch(url);
        });
        await assert.rejects(task, isCancelled);
        assert.equal(server.requests, 0);
      }),
    ));

  it("passes on the host's errors [TASK-31]", () =>
    run(async () => {
      await assert.rejects(fetch("http://127.0.0.1:1/"), TypeError);
    }));
});
