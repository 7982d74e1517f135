import type { ChildProcess } from "node:child_process";
import {
  getRunningLoop,
  STDOUT,
  type StdioOptions,
  type SubprocessProtocol,
  type SubprocessTransport,
} from "gyre";
import { type Print, scenario } from "../../support/parity.ts";
import { attempt } from "../outcomes.ts";

class Recorder implements SubprocessProtocol {
  readonly events: string[] = [];
  readonly output = new Map<number, string>();
  readonly over = getRunningLoop().createFuture<void>();
  transport: SubprocessTransport | null = null;

  connectionMade(transport: SubprocessTransport): void {
    this.transport = transport;
    this.events.push("made");
  }
  pipeDataReceived(fd: number, data: Buffer): void {
    this.output.set(fd, (this.output.get(fd) ?? "") + String(data));
  }
  pipeConnectionLost(fd: number): void {
    this.events.push(`lost ${fd}`);
  }
  processExited(): void {
    this.events.push(`exited ${this.transport?.getReturncode()}`);
  }
  connectionLost(error: Error | null): void {
    this.events.push(`over ${error === null ? "None" : String(error)}`);
    this.over.setResult();
  }
  text(fd: number): string {
    return this.output.get(fd) ?? "";
  }
}

function start(command: string, options: StdioOptions = {}): Promise<[SubprocessTransport, Recorder]> {
  return getRunningLoop().subprocessShell(() => new Recorder(), command, options);
}

scenario("the start is first, and the end last [SUB-12 SUB-15]", async (print) => {
  const [transport, protocol] = await start("echo out; echo err >&2; exit 3");
  print(protocol.events[0]);
  await protocol.over;
  print(protocol.events[0], protocol.events.at(-1));
  print(...protocol.events.slice(1, -1).toSorted());
  print(protocol.text(1).trim(), protocol.text(2).trim(), transport.getReturncode());
});

scenario("data before the end of its pipe [SUB-15]", async (print) => {
  const [transport, protocol] = await start("cat", { stderr: null });
  transport.getPipeTransport(0)?.write("hello");
  transport.getPipeTransport(0)?.writeEof();
  await protocol.over;
  print(protocol.text(1), ...protocol.events.toSorted());
});

scenario("only those pipes that were asked for [SUB-14]", async (print) => {
  const [transport, protocol] = await start("echo out; echo err >&2", { stdin: null, stderr: STDOUT });
  print(...[0, 1, 2, 3].map((fd) => transport.getPipeTransport(fd) === null));
  await protocol.over;
  print(protocol.text(1).replaceAll("\n", "/"));
});

scenario("no pipes at all [SUB-12 SUB-15]", async (print) => {
  const [, protocol] = await start("exit 5", { stdin: null, stdout: null, stderr: null });
  await protocol.over;
  print(...protocol.events);
});

scenario("returncodes and signals [SUB-14]", async (print) => {
  const [transport, protocol] = await start("exec sleep 1000");
  print(transport.getReturncode(), transport.getPid() > 0, transport.isClosing());
  transport.sendSignal(10);
  await protocol.over;
  print(transport.getReturncode());
  print(
    attempt(() => transport.terminate()),
    attempt(() => transport.kill()),
    attempt(() => transport.sendSignal(10)),
  );
});

async function ended(print: Print, end: (transport: SubprocessTransport) => void): Promise<void> {
  const [transport, protocol] = await start("exec sleep 1000");
  end(transport);
  await protocol.over;
  print(transport.getReturncode());
}

scenario("terminate and kill [SUB-14]", async (print) => {
  await ended(print, (transport) => transport.terminate());
  await ended(print, (transport) => transport.kill());
});

scenario("close kills [SUB-14]", async (print) => {
  const [transport, protocol] = await start("exec sleep 1000");
  transport.close();
  transport.close();
  print(transport.isClosing());
  await protocol.over;
  print(transport.getReturncode(), ...protocol.events.toSorted());
});

scenario("close after the end changes nothing [SUB-14]", async (print) => {
  const [transport, protocol] = await start("exit 2");
  await protocol.over;
  print(transport.isClosing());
  transport.close();
  print(transport.isClosing(), transport.getReturncode());
});

scenario("another protocol takes over [SUB-14]", async (print) => {
  const [transport, first] = await start("cat", { stderr: null });
  const second = new Recorder();
  second.transport = transport;
  print(transport.getProtocol() === first);
  transport.setProtocol(second);
  print(transport.getProtocol() === second);
  transport.getPipeTransport(0)?.close();
  await second.over;
  print(...first.events);
  print(...second.events.toSorted());
});

scenario("a program without a shell [SUB-12]", async (print) => {
  const loop = getRunningLoop();
  const args = ["[%s]", "a b", "$x"];
  const [transport, protocol] = await loop.subprocessExec(() => new Recorder(), "printf", args, {
    stdin: null,
  });
  await protocol.over;
  print(protocol.text(1), transport.getReturncode());
});

scenario("what is known about it [SUB-19]", async (print) => {
  const [transport, protocol] = await start("exit 0");
  const child = transport.getExtraInfo("subprocess") as ChildProcess;
  print(child.pid === transport.getPid());
  print(transport.getExtraInfo("peername"), transport.getExtraInfo("nothing", 5));
  await protocol.over;
});
