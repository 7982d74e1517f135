/** loop.sendfile: files through connections. */
import { writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { createTask, getRunningLoop, type Protocol, sleep, type Transport } from "gyre";
import { withFolder } from "../../conformance/network/fifos.ts";
import { portOf } from "../../conformance/network/recording.ts";
import { scenario } from "../../support/parity.ts";
import { attempt, outcome } from "../outcomes.ts";

const LARGE = 10_000_000;

class Sender implements Protocol {
  readonly over = getRunningLoop().createFuture<Error | null>();
  readonly text = getRunningLoop().createFuture<string>();

  dataReceived(data: Buffer) {
    this.text.setResult(String(data));
  }

  connectionLost(error: Error | null) {
    this.over.setResult(error);
  }
}

class Receiver implements Protocol {
  data = "";
  readonly made = getRunningLoop().createFuture<Transport>();
  readonly over = getRunningLoop().createFuture<void>();

  connectionMade(transport: Transport) {
    transport.pauseReading();
    this.made.setResult(transport);
  }

  dataReceived(data: Buffer) {
    this.data += String(data);
  }

  connectionLost() {
    this.over.setResult();
  }
}

interface Connection {
  readonly transport: Transport;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly other: Transport;
  readonly file: FileHandle;
}

/** A connection whose receiver does not read until it is told to, and a file. */
function withConnection(content: string, body: (connection: Connection) => Promise<void>) {
  return withFolder(async (folder) => {
    const path = join(folder, "file");
    writeFileSync(path, content);
    const file = await open(path);
    const loop = getRunningLoop();
    const receiver = new Receiver();
    const server = await loop.createServer(() => receiver, "127.0.0.1", 0);
    const [transport, sender] = await loop.createConnection(() => new Sender(), "127.0.0.1", portOf(server));
    const other = await receiver.made;
    try {
      await body({ transport, sender, receiver, other, file });
    } finally {
      transport.abort();
      other.abort();
      await sender.over;
      await receiver.over;
      server.close();
      await server.waitClosed();
      await file.close();
    }
  });
}

const send = (...args: Parameters<ReturnType<typeof getRunningLoop>["sendfile"]>) =>
  getRunningLoop().sendfile(...args);

scenario("a file keeps its place between what is written [SF-01 SF-04]", (print) =>
  withConnection(" the file ", async ({ transport, receiver, other, file }) => {
    other.resumeReading();
    transport.write("before");
    print(await send(transport, file));
    transport.write("after");
    transport.close();
    await receiver.over;
    print(receiver.data);
  }),
);

scenario("offset and count choose a part, as far as there is one [SF-01 SF-05]", (print) =>
  withConnection("0123456789", async ({ transport, receiver, other, file }) => {
    other.resumeReading();
    print(await send(transport, file, { offset: 2, count: 3 }));
    print(await send(transport, file, { offset: 8 }));
    print(await send(transport, file, { offset: 7, count: 1000 }));
    print(await send(transport, file, { offset: 10 }));
    print(await send(transport, file, { offset: 1000 }));
    print(await send(transport, file, { offset: 0, count: 1 }));
    transport.close();
    await receiver.over;
    print(receiver.data);
  }),
);

scenario("an empty file sends nothing [SF-01]", (print) =>
  withConnection("", async ({ transport, sender, file }) => {
    print(await send(transport, file));
    print(transport.getProtocol() === sender, transport.isReading());
  }),
);

scenario("a large file waits for its receiver, while reading is paused [SF-03 SF-04]", (print) =>
  withConnection("x".repeat(LARGE), async ({ transport, sender, receiver, other, file }) => {
    const task = createTask(() => send(transport, file));
    while (transport.isReading()) await sleep(0);
    other.write("from the receiver");
    for (let i = 0; i < 50; i++) await sleep(0);
    print(task.done(), transport.isReading(), sender.text.done());
    other.resumeReading();
    print(await task);
    print(transport.isReading(), transport.getProtocol() === sender);
    print(await sender.text);
    transport.close();
    await receiver.over;
    print(receiver.data.length);
  }),
);

scenario("writing is refused meanwhile [SF-04]", (print) =>
  withConnection("x".repeat(LARGE), async ({ transport, receiver, other, file }) => {
    const task = createTask(() => send(transport, file));
    while (transport.isReading()) await sleep(0);
    print(attempt(() => transport.write("between")));
    other.resumeReading();
    print(await task);
    transport.close();
    await receiver.over;
    print(receiver.data.length);
  }),
);

scenario("a cancelled sendfile gives the connection back [SF-04]", (print) =>
  withConnection("x".repeat(LARGE), async ({ transport, sender, receiver, other, file }) => {
    const task = createTask(() => send(transport, file));
    while (transport.isReading()) await sleep(0);
    task.cancel();
    print(await outcome(task));
    print(transport.isReading(), transport.getProtocol() === sender);
    transport.write("end");
    transport.close();
    other.resumeReading();
    await receiver.over;
    print(receiver.data.length < LARGE, receiver.data.slice(-3));
  }),
);

scenario("a closing transport sends no file [SF-01]", (print) =>
  withConnection("text", async ({ transport, file }) => {
    transport.close();
    print(await outcome(send(transport, file)));
  }),
);

scenario("impossible offsets and counts are refused [SF-05]", (print) =>
  withConnection("text", async ({ transport, sender, file }) => {
    print(await outcome(send(transport, file, { offset: -1 })));
    print(await outcome(send(transport, file, { count: 0 })));
    print(await outcome(send(transport, file, { count: -1 })));
    print(transport.getProtocol() === sender, transport.isReading());
  }),
);
