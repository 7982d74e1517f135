/** The standard streams of a process, and what only a process of its own can be given: sockets, a terminal. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { it as itOnce } from "node:test";
import { fromRoot } from "../../../scripts/lib/paths.ts";
import { describeOnLoops } from "../../support/loops.ts";

const LIMIT = 10_000; // ms, after which a program hangs

const PRELUDE = `
  import fs from "node:fs";
  import { getRunningLoop, run } from "gyre";
  const say = (text) => fs.writeSync(2, text + "\\n");
  class Recorder {
    lost = getRunningLoop().createFuture();
    made = getRunningLoop().createFuture();
    text = "";
    connectionMade(transport) { this.transport = transport; }
    dataReceived(data) { this.text += data; this.onData?.(); }
    eofReceived() { this.text += "<eof>"; }
    connectionLost(error) { this.lost.setResult(error === null ? "null" : error.code); }
  }
`;

/** A program with a socket as descriptor 3; what it says goes to its standard error. */
function start(loop: string, main: string, command: readonly string[] = []): ChildProcess {
  const source = `${PRELUDE} await run(async () => { const loop = getRunningLoop(); ${main} }, { loop: "${loop}" });`;
  const [file, ...args] = [...command, process.execPath, "--input-type=module", "-e", source];
  return spawn(file, args, {
    cwd: fromRoot("."),
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: "", NO_COLOR: "1" },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    timeout: LIMIT,
  });
}

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly said: string;
}

async function end(child: ChildProcess): Promise<Ended> {
  const { stdout, stderr } = child;
  assert.ok(stdout !== null && stderr !== null);
  const [[code], output, said] = await Promise.all([once(child, "close"), text(stdout), text(stderr)]);
  for (const stream of child.stdio) stream?.destroy();
  return { code, stdout: output, said };
}

describeOnLoops("the standard streams of a process", ({ name, it }) => {
  it("are pipes to read and to write [PIPE-01 PIPE-02]", async () => {
    const child = start(
      name,
      `const input = new Recorder();
       const output = new Recorder();
       const [transport] = await loop.connectWritePipe(() => output, process.stdout);
       input.onData = () => transport.write(input.text.toUpperCase());
       await loop.connectReadPipe(() => input, process.stdin);
       say(await input.lost + " " + input.text);
       transport.close();
       say(await output.lost);
       console.log(", and console.log still works");`,
    );
    child.stdin?.end("through");
    assert.deepEqual(await end(child), {
      code: 0,
      stdout: "THROUGH, and console.log still works\n",
      said: "null through<eof>\nnull\n",
    });
  });

  it("can be connected again and again without leaving listeners behind [PIPE-02]", async () => {
    const child = start(
      name,
      `const before = process.stdout.listenerCount("error") + process.stdout.listenerCount("close");
       for (let count = 0; count < 20; count++) {
         const output = new Recorder();
         const [transport] = await loop.connectWritePipe(() => output, process.stdout);
         transport.write("x");
         transport.close();
         await output.lost;
       }
       say(process.stdout.listenerCount("error") + process.stdout.listenerCount("close") - before);`,
    );
    assert.deepEqual(await end(child), { code: 0, stdout: "x".repeat(20), said: "0\n" });
  });
});

describeOnLoops("a socket as a pipe", ({ name, it }) => {
  it("is read to its end, and then closed [PIPE-01]", async () => {
    const child = start(
      name,
      `const input = new Recorder();
       await loop.connectReadPipe(() => input, 3);
       say(await input.lost + " " + input.text);
       try { fs.fstatSync(3) } catch (error) { say(error.code) }`,
    );
    const socket = socketOf(child);
    socket.end("by socket");
    assert.deepEqual(await end(child), { code: 0, stdout: "", said: "null by socket<eof>\nEBADF\n" });
  });

  it("tells a writer at once that its reader has left [PIPE-02]", async () => {
    const child = start(
      name,
      `const output = new Recorder();
       const [transport] = await loop.connectWritePipe(() => output, 3);
       transport.write("some");
       say(await output.lost);`,
    );
    const socket = socketOf(child);
    socket.once("readable", () => socket.destroy()); // with the bytes unread
    assert.deepEqual(await end(child), { code: 0, stdout: "", said: "null\n" });
  });

  it("is lost with EPIPE when its reader leaves before everything is sent [PIPE-02]", async () => {
    const child = start(
      name,
      `const output = new Recorder();
       const [transport] = await loop.connectWritePipe(() => output, 3);
       transport.write(Buffer.alloc(10_000_000));
       say(await output.lost);`,
    );
    const socket = socketOf(child);
    socket.once("readable", () => socket.destroy());
    assert.deepEqual(await end(child), { code: 0, stdout: "", said: "EPIPE\n" });
  });
});

const PTY = ["python3", "-c", "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"];
const hasPython = spawnSync("python3", ["-c", "import pty"], { stdio: "ignore" }).status === 0;

describeOnLoops("a terminal as a pipe", ({ name }) => {
  const skip = hasPython ? false : "python3 is needed to make a terminal";

  itOnce("is read and written, by descriptor or handle, and closed [PIPE-01 PIPE-02]", { skip }, async () => {
    const child = start(
      name,
      `const { open } = await import("node:fs/promises");
       const isTerminal = (fd) => {
         try { return /pts|tty/.test(fs.readlinkSync("/proc/self/fd/" + fd)); } catch { return false; }
       };
       const terminals = () => fs.readdirSync("/proc/self/fd").filter(isTerminal).length;
       for (const stream of [process.stdout, process.stderr]) stream.write(""); // the host opens each once
       const before = terminals();
       for (const [reader, writer] of [
         [fs.openSync("/dev/tty", "r"), fs.openSync("/dev/tty", "w")],
         [await open("/dev/tty", "r"), await open("/dev/tty", "w")],
       ]) {
         const input = new Recorder();
         const output = new Recorder();
         await loop.connectReadPipe(() => input, reader);
         const [transport] = await loop.connectWritePipe(() => output, writer);
         input.onData = () => input.transport.close();
         transport.write("[ready]");
         const lost = await input.lost;
         transport.write("[" + input.text.trim() + " " + lost + "]");
         transport.close();
         await output.lost;
         for (const handle of [reader, writer]) if (typeof handle === "object") await handle.close();
       }
       while (terminals() > before) await new Promise(setImmediate);
       say("[all closed]");`,
      PTY,
    );
    let seen = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      seen += chunk;
      const ready = seen.split("[ready]").length - 1;
      for (; typed < ready; typed++) child.stdin?.write(`typed ${typed}\n`);
    });
    let typed = 0;
    const [code] = await once(child, "close");
    for (const stream of child.stdio) stream?.destroy();
    assert.match(seen, /\[typed 0 null\][^]*\[typed 1 null\][^]*\[all closed\]/);
    assert.equal(code, 0);
  });
});

function socketOf(child: ChildProcess) {
  const socket = child.stdio[3];
  assert.ok(socket && "write" in socket && "read" in socket);
  return socket;
}
