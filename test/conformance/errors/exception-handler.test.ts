import assert from "node:assert/strict";
import {
  checkpoint,
  ContextVar,
  createTask,
  type ExceptionContext,
  type ExceptionHandler,
  Future,
  getRunningLoop,
} from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { collectReports } from "../support/reports.ts";

describeOnLoops("the exception handler of a loop", ({ it, run }) => {
  it("is null at first, can be set, and taken back [ERR-01 ERR-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      assert.equal(loop.getExceptionHandler(), null);
      const handler: ExceptionHandler = () => undefined;
      loop.setExceptionHandler(handler);
      assert.equal(loop.getExceptionHandler(), handler);
      loop.setExceptionHandler(null);
      assert.equal(loop.getExceptionHandler(), null);
    }));

  it("must be a function or null [ERR-01]", () =>
    run(async () => {
      for (const wrong of [undefined, 1, "handler", {}]) {
        assert.throws(() => getRunningLoop().setExceptionHandler(wrong as unknown as ExceptionHandler), {
          name: "TypeError",
          code: "GYRE_INVALID_ARGUMENT",
        });
      }
    }));

  it("is given the loop and what is known of the error [ERR-01 ERR-05 SCHED-11]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const calls: [unknown, ExceptionContext][] = [];
      loop.setExceptionHandler((own, context) => calls.push([own, context]));
      const error = new Error("boom");
      const handle = loop.callSoon(function explode() {
        throw error;
      });
      await checkpoint();
      assert.equal(calls.length, 1);
      assert.equal(calls[0]?.[0], loop);
      const context = calls[0]?.[1];
      assert.match(context?.message ?? "", /callback explode\(\)/);
      assert.equal(context?.exception, error);
      assert.equal(context?.handle, handle);
      assert.equal(context?.sourceTraceback, undefined);
    }));

  it("is told where the callback was scheduled in debug mode [ERR-05 DBG-05]", () =>
    run(
      async () => {
        const reports = collectReports();
        getRunningLoop().callSoon(() => {
          throw new Error("boom");
        });
        await checkpoint();
        assert.match(reports[0]?.sourceTraceback ?? "", /exception-handler\.test/);
      },
      { debug: true },
    ));

  it("is given whatever a program reports itself [ERR-04]", () =>
    run(async () => {
      const reports = collectReports();
      const context = { message: "mine", exception: new Error("mine"), transport: {}, protocol: {} };
      getRunningLoop().callExceptionHandler(context);
      assert.deepEqual(reports, [context]);
    }));

  it("runs in the context of the handle or the task that failed [ERR-04 CTX-04]", () =>
    run(async () => {
      const variable = new ContextVar<string>("variable", { default: "outside" });
      const loop = getRunningLoop();
      const seen: string[] = [];
      loop.setExceptionHandler(() => seen.push(variable.get()));
      const task = createTask(async () => {
        variable.set("task");
        loop.callSoon(() => {
          variable.set("handle");
          throw new Error("in a callback");
        });
        await checkpoint();
      });
      await task;
      loop.callExceptionHandler({ message: "of the task", task });
      loop.callExceptionHandler({ message: "of nobody" });
      assert.deepEqual(seen, ["handle", "task", "outside"]);
    }));

  it("runs in the context of a failed future that is a task [ERR-04 CTX-04]", () =>
    run(async () => {
      const variable = new ContextVar<string>("variable", { default: "outside" });
      const seen: string[] = [];
      getRunningLoop().setExceptionHandler(() => seen.push(variable.get()));
      const task = createTask(async () => void variable.set("task"));
      await task;
      getRunningLoop().callExceptionHandler({ message: "of a future", future: task });
      assert.deepEqual(seen, ["task"]);
    }));

  it("may throw: then the default one reports both errors [ERR-04]", () =>
    run(async () => {
      expectTrouble("report", /exception handler[^]*original[^]*broken handler|broken handler[^]*original/i);
      const loop = getRunningLoop();
      loop.setExceptionHandler(() => {
        throw new Error("broken handler");
      });
      loop.callExceptionHandler({ message: "first", exception: new Error("original") });
    }));

  it("may be the default one, overridden and broken: then too nothing is thrown [ERR-03 ERR-04]", () =>
    run(async () => {
      expectTrouble("report", /broken default/);
      const loop = getRunningLoop();
      loop.defaultExceptionHandler = () => {
        throw new Error("broken default");
      };
      loop.callExceptionHandler({ message: "first", exception: new Error("original") });
      loop.setExceptionHandler(() => {
        throw new Error("broken handler");
      });
      loop.callExceptionHandler({ message: "second" });
    }));
});

describeOnLoops("the default exception handler", ({ it, run }) => {
  it("writes the message, the other keys by name, and the error with its causes [ERR-03]", () =>
    run(async () => {
      expectTrouble(
        "report",
        /^report: the message\nfuture: <Future pending>\nprotocol: mine\nError: top[^]*caused by: Error: root/,
      );
      const exception = new Error("top", { cause: new Error("root") });
      getRunningLoop().callExceptionHandler({
        protocol: "mine",
        message: "the message",
        exception,
        future: new Future(),
      });
    }));

  it("has a message when it is given none [ERR-03]", () =>
    run(async () => {
      expectTrouble("report", /Unhandled exception in event loop/);
      getRunningLoop().callExceptionHandler({ message: "" });
    }));

  it("can be called by a handler of one's own [ERR-03]", () =>
    run(async () => {
      expectTrouble("report", /passed on/);
      const loop = getRunningLoop();
      loop.setExceptionHandler((own, context) => own.defaultExceptionHandler(context));
      loop.callExceptionHandler({ message: "passed on" });
    }));
});
