/** gyre in a worker thread: the same loops, with sockets and children, and without signals. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describeOnLoops } from "../../support/loops.ts";
import { guardProcesses } from "../processes/support.ts";

const GYRE = import.meta.resolve("gyre");

/** What `main`, the text of an async function of gyre's exports, returns in a thread of its own. */
async function inThread(loop: string, main: string): Promise<unknown> {
  const source = `
    const { parentPort } = require("node:worker_threads");
    import(${JSON.stringify(GYRE)})
      .then((gyre) => gyre.run(() => (${main})(gyre), { loop: "${loop}" }))
      .then((result) => parentPort.postMessage(result));
  `;
  const worker = new Worker(source, { eval: true });
  const ended = once(worker, "exit");
  const [result] = await once(worker, "message");
  assert.deepEqual(await ended, [0]); // by itself: nothing keeps it alive
  return result;
}

describeOnLoops("a loop in a worker thread", { needs: ["sockets", "processes"] }, ({ it, name }) => {
  guardProcesses();

  it("serves, connects, and sends name look-ups and timers through [LOOP-01 CONN-01 SRV-01]", async () => {
    const main = `async ({ openConnection, sleep, startServer, gather }) => {
      const server = await startServer(async (reader, writer) => {
        for await (const line of reader) { await sleep(1); writer.write(line); await writer.drain(); }
        writer.close();
      }, "localhost", 0);
      const talk = async (text) => {
        const [reader, writer] = await openConnection("localhost", server.port);
        writer.write(text + "\\n");
        writer.writeEof();
        const answer = String(await reader.read());
        writer.close();
        await writer.waitClosed();
        return answer.trim();
      };
      const answers = await gather(["a", "b", "c"].map((text) => () => talk(text)));
      server.close();
      await server.waitClosed();
      return answers;
    }`;
    assert.deepEqual(await inThread(name, main), ["a", "b", "c"]);
  });

  it("has children, which end with their tasks [SUB-01 SUB-02]", async () => {
    const main = `async ({ createSubprocessExec, createSubprocessShell, createTask, Future, PIPE }) => {
      const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE, dieWithParent: true });
      const [output] = await cat.communicate("hello");
      const started = new Future();
      const task = createTask(async () => {
        const shell = await createSubprocessShell("sleep 1000 & sleep 1000");
        started.setResult(shell);
        await shell.wait();
      });
      const shell = await started;
      task.cancel();
      return [String(output), cat.returncode, await shell.wait(), task.cancelled()];
    }`;
    assert.deepEqual(await inThread(name, main), ["hello", 0, -15, true]);
  });

  it("gets no signals, and says so [SIG-01]", async () => {
    const main = `async ({ getRunningLoop, RuntimeError }) => {
      try {
        getRunningLoop().addSignalHandler("SIGUSR2", () => {});
      } catch (error) {
        return [error instanceof RuntimeError, error.code, /main thread/.test(error.message)];
      }
    }`;
    assert.deepEqual(await inThread(name, main), [true, "GYRE_NOT_SUPPORTED", true]);
  });
});
