/** Pipe transports: what their protocols are told. */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Event, getRunningLoop, type Protocol, type ReadTransport, sleep } from "gyre";
import { withEnds } from "../../conformance/network/fifos.ts";
import { scenario } from "../../support/parity.ts";
import { outcome } from "../outcomes.ts";

const LARGE = "x".repeat(1_000_000);
const PYTHON_NAMES: Readonly<Record<string, string>> = { EPIPE: "BrokenPipeError" };

class Recorder implements Protocol {
  readonly events: string[] = [];
  text = "";
  readonly #keepOpen: boolean;
  readonly #waiters: Event[] = [];

  constructor(keepOpen = false) {
    this.#keepOpen = keepOpen;
  }

  async until(satisfied: () => boolean) {
    const waiter = new Event();
    this.#waiters.push(waiter);
    while (!satisfied()) {
      waiter.clear();
      await waiter.wait();
    }
  }

  lost() {
    return this.until(() => this.events.some((event) => event.startsWith("lost")));
  }

  connectionMade() {
    this.#happened("made");
  }

  dataReceived(data: Buffer) {
    this.text += String(data);
    if (this.events.at(-1) === "data") this.events.pop();
    this.#happened("data");
  }

  eofReceived() {
    this.#happened("eof");
    return this.#keepOpen;
  }

  pauseWriting() {
    this.#happened("pause");
  }

  resumeWriting() {
    this.#happened("resume");
  }

  connectionLost(error: NodeJS.ErrnoException | null) {
    this.#happened(`lost ${error ? PYTHON_NAMES[error.code ?? ""] : "None"}`);
  }

  #happened(event: string) {
    this.events.push(event);
    for (const waiter of this.#waiters) waiter.set();
  }
}

const readerOf = (fd: number, protocol = new Recorder()): Promise<[ReadTransport, Recorder]> =>
  getRunningLoop().connectReadPipe(() => protocol, fd);
const writerOf = (fd: number) => getRunningLoop().connectWritePipe(() => new Recorder(), fd);

scenario("what is written arrives, and then the end [PIPE-01 PIPE-02 PIPE-03 PIPE-04]", (print) =>
  withEnds(async ({ reader, writer }) => {
    const [, target] = await readerOf(reader);
    const [transport, source] = await writerOf(writer);
    transport.write("one ");
    transport.writelines(["two ", "three"]);
    transport.close();
    await target.lost();
    await source.lost();
    print(target.text, target.events);
    print(source.events);
  }),
);

scenario("the answer of eof_received does not keep a pipe open [PIPE-03]", (print) =>
  withEnds(async ({ reader, writer }) => {
    const [transport, target] = await readerOf(reader, new Recorder(true));
    closeSync(writer);
    await target.lost();
    print(target.events, transport.isClosing(), transport.isReading());
  }),
);

scenario("closing a read pipe twice calls connection_lost once [PIPE-03]", (print) =>
  withEnds(async ({ reader }) => {
    const [transport, target] = await readerOf(reader);
    transport.close();
    transport.close();
    print(transport.isClosing(), target.events);
    await target.lost();
    print(target.events);
  }),
);

scenario("pausing and resuming a read pipe, also twice [PIPE-03]", (print) =>
  withEnds(async ({ reader, writer }) => {
    const [transport, target] = await readerOf(reader);
    print(transport.isReading());
    transport.pauseReading();
    transport.pauseReading();
    print(transport.isReading());
    writeSync(writer, "later");
    for (let i = 0; i < 5; i++) await sleep(0);
    print(target.events);
    transport.resumeReading();
    transport.resumeReading();
    print(transport.isReading());
    await target.until(() => target.text === "later");
    closeSync(writer);
    await target.lost();
    print(target.events);
  }),
);

scenario("write_eof closes a write pipe after what is buffered [PIPE-04]", (print) =>
  withEnds(async ({ reader, writer }) => {
    const [, target] = await readerOf(reader);
    const [transport, source] = await writerOf(writer);
    print(transport.canWriteEof());
    transport.write(LARGE);
    transport.writeEof();
    transport.writeEof();
    print(transport.isClosing());
    transport.write("too late");
    await target.lost();
    await source.lost();
    print(target.text.length);
    print(source.events);
  }),
);

scenario("abort drops what is buffered [PIPE-04]", (print) =>
  withEnds(async ({ reader, writer }) => {
    const [transport, source] = await writerOf(writer);
    transport.write(LARGE);
    print(transport.getWriteBufferSize() > 0, source.events);
    transport.abort();
    await source.lost();
    print(source.events);
    const [, target] = await readerOf(reader);
    await target.lost();
    print(target.text.length < LARGE.length, target.events.at(-1));
  }),
);

scenario("a reader that leaves too early breaks the pipe [PIPE-02]", (print) =>
  withEnds(async ({ reader, writer }) => {
    const [transport, source] = await writerOf(writer);
    transport.write(LARGE);
    closeSync(reader);
    await source.lost();
    print(source.events, transport.isClosing());
  }),
);

scenario("limits of a write pipe's buffer [PIPE-04]", (print) =>
  withEnds(async ({ reader, writer }) => {
    const [transport, source] = await writerOf(writer);
    print(transport.getWriteBufferLimits());
    transport.setWriteBufferLimits({ high: 100 });
    print(transport.getWriteBufferLimits());
    transport.write(LARGE);
    const [, target] = await readerOf(reader);
    await source.until(() => source.events.includes("resume"));
    print(transport.getWriteBufferSize() <= 25);
    transport.close();
    await source.lost();
    await target.lost();
    print(source.events, target.text.length);
  }),
);

scenario("another protocol takes over a read pipe [PIPE-03]", (print) =>
  withEnds(async ({ reader, writer }) => {
    const [transport, first] = await readerOf(reader);
    const second = new Recorder();
    second.events.push("taken");
    print(transport.getProtocol() === first);
    transport.setProtocol(second);
    print(transport.getProtocol() === second);
    writeSync(writer, "to the second");
    closeSync(writer);
    await second.lost();
    print(first.events, second.events);
  }),
);

scenario("files are no pipes [PIPE-01 PIPE-02]", async (print) => {
  const loop = getRunningLoop();
  const path = join(tmpdir(), `gyre-${process.pid}-no-pipe`);
  const fd = openSync(path, "w+");
  print(await outcome(loop.connectReadPipe(() => new Recorder(), fd)));
  print(await outcome(loop.connectWritePipe(() => new Recorder(), fd)));
  writeSync(fd, "still open");
  closeSync(fd);
  rmSync(path);
});

scenario("a pipe tells what it was made of, and has no names [PIPE-03]", (print) =>
  withEnds(async ({ reader, writer }) => {
    const [transport, target] = await readerOf(reader);
    print(transport.getExtraInfo("pipe") === reader);
    print(transport.getExtraInfo("peername"), transport.getExtraInfo("peername", "nobody"));
    closeSync(writer);
    await target.lost();
  }),
);
