/** What a process wrote before its end arrives, even if many of its connections have data at once. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";
import { withPeer } from "./peers.ts";

const MANY = 12;
const ANSWERS = 5;

/** A client with many connections, which answers some times, and then ends in some way. It is busy until all have something to read. */
const program = (loop: string, port: number, ending: string, worker = false): string => `
import { getRunningLoop, run } from "gyre";
import { isMainThread, Worker } from "node:worker_threads";
import { writeSync } from "node:fs";
function main() {
  return run(async () => {
    const loop = getRunningLoop();
    const transports = [];
    let answers = 0;
    class Answering {
      connectionMade(transport) {
        this.transport = transport;
        transports.push(transport);
      }
      dataReceived() {
        const { transport } = this;
        if (++answers > ${ANSWERS}) return;
        transport.write("answer");
        transport.write(" " + answers);
        if (answers === ${ANSWERS}) {
          writeSync(1, "ending\\n");
          ${ending}
        }
      }
    }
    for (let count = 0; count < ${MANY}; count++)
      await loop.createConnection(() => new Answering(), "127.0.0.1", ${port});
    for (const transport of transports) transport.write("ready");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    await loop.createFuture();
  }, { loop: ${JSON.stringify(loop)} });
}
if (${worker} && isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.on("error", () => process.exit(7));
  worker.on("exit", (code) => process.exit(code));
} else await main();
`;

interface Ended {
  readonly code: number | null;
  readonly output: string;
  /** What the program's connections sent after they were ready, in alphabetical order. */
  readonly answers: readonly string[];
}

async function ended(loop: string, ending: string, { worker = false } = {}): Promise<Ended> {
  const sockets: Socket[] = [];
  const texts: string[] = [];
  const goWhenAllAreReady = (): void => {
    if (texts.length === MANY && texts.every((text) => text === "ready"))
      for (const socket of sockets) socket.write("go");
  };
  return withPeer(
    (socket) => {
      const index = sockets.push(socket) - 1;
      texts[index] = "";
      socket.setEncoding("utf8").on("data", (text: string) => {
        texts[index] += text;
        if (text === "ready") goWhenAllAreReady();
      });
      socket.on("end", () => socket.end());
    },
    async ({ port }) => {
      const { code, stdout, stderr } = await runProgram(program(loop, port, ending, worker));
      for (const socket of sockets) if (!socket.closed) await once(socket, "close");
      const answers = texts.map((text) => text.replace("ready", "")).filter((text) => text !== "");
      return { code, output: stdout + stderr, answers: answers.toSorted() };
    },
  );
}

const ALL = Array.from({ length: ANSWERS }, (_, index) => `answer ${index + 1}`);

describeOnLoops("a process that ends in the middle", { needs: ["sockets"] }, ({ name, it }) => {
  it("by exit() has sent what was written [TR-04]", async () => {
    const { answers, code, output } = await ended(name, "process.exit(3);");
    assert.deepEqual([answers, code], [ALL, 3], output);
  });

  it("by an uncaught exception has sent what was written [TR-04]", async () => {
    const { answers, code, output } = await ended(
      name,
      "queueMicrotask(() => { throw new Error('uncaught'); });",
    );
    assert.deepEqual(answers, ALL, output);
    assert.equal(code, 1);
    assert.match(output, /uncaught/);
  });

  it("by an unhandled rejection has sent what was written [TR-04]", async () => {
    const { answers, code } = await ended(name, "void Promise.reject(new Error('unhandled'));");
    assert.deepEqual([answers, code], [ALL, 1]);
  });

  it("sends what is written on exit, before and after what was written [TR-04]", async () => {
    const late = 'process.once("exit", () => { transport.write(" late"); transport.write("r"); });';
    const expected = ALL.map((text, index) => (index === ANSWERS - 1 ? `${text} later` : text));
    const { answers, output } = await ended(name, `${late} process.exit(3);`);
    assert.deepEqual(answers, expected, output);
  });

  it("in a worker by exit() has sent what was written [TR-04]", async () => {
    const { answers, code, output } = await ended(name, "process.exit(3);", { worker: true });
    assert.deepEqual([answers, code], [ALL, 3], output);
  });

  it("in a worker by an uncaught exception has sent what was written [TR-04]", async () => {
    const { answers, code, output } = await ended(
      name,
      "queueMicrotask(() => { throw new Error('uncaught'); });",
      { worker: true },
    );
    assert.deepEqual([answers, code], [ALL, 7], output);
  });
});
