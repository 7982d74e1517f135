import assert from "node:assert/strict";
import { type ChildProcess } from "node:child_process";
import {
  ContextVar,
  getRunningLoop,
  sleep,
  STDOUT,
  type SubprocessProtocol,
  type SubprocessTransport,
} from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { guardProcesses, marked, soon } from "./support.ts";

class Recorder implements SubprocessProtocol {
  readonly events: string[] = [];
  readonly lost = getRunningLoop().createFuture<void>();
  readonly output = new Map<number, string>();
  transport: SubprocessTransport | null = null;

  connectionMade(transport: SubprocessTransport): void {
    this.transport = transport;
    this.events.push("made");
  }
  pipeDataReceived(fd: number, data: Buffer): void {
    this.output.set(fd, (this.output.get(fd) ?? "") + String(data));
  }
  pipeConnectionLost(fd: number, error: Error | null): void {
    this.events.push(`lost ${fd} ${error === null ? "null" : "error"}`);
  }
  processExited(): void {
    this.events.push(`exited ${this.transport?.getReturncode()}`);
  }
  connectionLost(error: Error | null): void {
    this.events.push(`over ${String(error)}`);
    this.lost.setResult();
  }
}

describeOnLoops("a subprocess protocol", ({ it, run }) => {
  guardProcesses();

  it("hears of everything, of the start first and of the end last [SUB-12 SUB-15 PR-05]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [transport, protocol] = await loop.subprocessExec(() => new Recorder(), "sh", [
        "-c",
        "cat; echo err >&2; exit 3",
      ]);
      assert.deepEqual(protocol.events, ["made"]);
      assert.equal(transport, protocol.transport);
      transport.getPipeTransport(0)?.write("hello");
      transport.getPipeTransport(0)?.close();
      await protocol.lost;
      assert.deepEqual(
        [...protocol.output].toSorted(([a], [b]) => a - b),
        [
          [1, "hello"],
          [2, "err\n"],
        ],
      );
      assert.equal(protocol.events[0], "made");
      assert.equal(protocol.events.at(-1), "over null");
      assert.deepEqual(protocol.events.slice(1, -1).toSorted(), [
        "exited 3",
        "lost 0 null",
        "lost 1 null",
        "lost 2 null",
      ]);
      assert.equal(transport.getReturncode(), 3);
    }));

  it("has pipes of the shell's, too, or none [SUB-13 SUB-14]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [transport, protocol] = await loop.subprocessShell(() => new Recorder(), "echo a; echo b >&2", {
        stdin: null,
        stderr: STDOUT,
      });
      const pipes = [0, 1, 2, 3].map((fd) => transport.getPipeTransport(fd) !== null);
      assert.deepEqual(pipes, [false, true, false, false]);
      await protocol.lost;
      assert.deepEqual([...protocol.output], [[1, "a\nb\n"]]);
    }));

  it("has a transport that knows its child [SUB-14 SUB-19 SUB-21]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [transport, protocol] = await loop.subprocessExec(() => new Recorder(), "cat");
      const child = transport.getExtraInfo("subprocess") as ChildProcess;
      assert.equal(child.pid, transport.getPid());
      assert.equal(transport.getExtraInfo("peername"), null);
      assert.equal(transport.getExtraInfo("nothing", 5), 5);
      assert.match(String(transport), /^<SubprocessTransport pid=\d+ running stdin=<Transport write pipe/);
      assert.deepEqual([transport.getReturncode(), transport.isClosing()], [null, false]);
      transport.terminate();
      await protocol.lost;
      assert.deepEqual([transport.getReturncode(), transport.isClosing()], [-15, false]);
      assert.throws(() => transport.kill(), { code: "ESRCH" });
      transport.close();
      assert.equal(transport.isClosing(), true);
    }));

  it("is killed with its tree by close() [SUB-14]", () =>
    run(async () => {
      const { env, living } = marked();
      const loop = getRunningLoop();
      const [transport, protocol] = await loop.subprocessShell(
        () => new Recorder(),
        "sleep 1000 & sleep 1000",
        {
          env,
        },
      );
      await soon(() => living().length === 3, "the tree is there");
      transport.close();
      transport.close();
      await protocol.lost;
      assert.deepEqual([transport.getReturncode(), living()], [-9, []]);
    }));

  it("hears that it should write less, and more [SUB-16]", () =>
    run(async () => {
      const loop = getRunningLoop();
      class Writer extends Recorder {
        pauseWriting(): void {
          this.events.push("pause");
        }
        resumeWriting(): void {
          this.events.push("resume");
        }
      }
      const [transport, protocol] = await loop.subprocessShell(
        () => new Writer(),
        "sleep 0.05; cat >/dev/null",
      );
      transport.getPipeTransport(0)?.write(Buffer.alloc(1_000_000));
      transport.getPipeTransport(0)?.close();
      await protocol.lost;
      assert.deepEqual(protocol.events.slice(0, 3), ["made", "pause", "resume"]);
    }));

  it("may pause what comes, and loses nothing [SUB-14 SUB-16]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [transport, protocol] = await loop.subprocessShell(() => new Recorder(), "yes | head -c 300000");
      transport.getPipeTransport(1)?.pauseReading();
      await sleep(30);
      const early = protocol.output.get(1)?.length ?? 0;
      transport.getPipeTransport(1)?.resumeReading();
      transport.getPipeTransport(0)?.close();
      await protocol.lost;
      assert.ok(early < 300_000);
      assert.equal(protocol.output.get(1)?.length, 300_000);
    }));

  it("is reported when it throws, and changes nothing [SUB-15]", () =>
    run(async () => {
      const loop = getRunningLoop();
      class Broken extends Recorder {
        override pipeDataReceived(fd: number, data: Buffer): void {
          super.pipeDataReceived(fd, data);
          throw new Error("broken");
        }
      }
      expectTrouble("report", /protocol.pipeDataReceived\(\) failed/);
      const [, protocol] = await loop.subprocessShell(() => new Broken(), "echo 1; sleep 0.05; echo 2", {
        stdin: null,
      });
      await protocol.lost;
      assert.equal(protocol.output.get(1), "1\n2\n");
    }));

  it("runs in the context that the child was made in, outside of every task", () =>
    run(async () => {
      const loop = getRunningLoop();
      const user = new ContextVar<string>("user");
      user.set("ada");
      const seen: string[] = [];
      class Looking extends Recorder {
        override processExited(): void {
          super.processExited();
          seen.push(user.get());
        }
      }
      const [, protocol] = await loop.subprocessExec(() => new Looking(), "true");
      await protocol.lost;
      assert.deepEqual(seen, ["ada"]);
    }));

  it("can be replaced [SUB-14]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [transport, first] = await loop.subprocessExec(() => new Recorder(), "cat");
      const second = new Recorder();
      transport.setProtocol(second);
      assert.equal(transport.getProtocol(), second);
      transport.getPipeTransport(0)?.close();
      await second.lost;
      assert.deepEqual(first.events, ["made"]);
    }));
});
