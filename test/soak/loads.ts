/** What the soak does again and again: each function makes connections, uses them in one way, and closes them. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DatagramProtocol,
  type DatagramTransport,
  getRunningLoop,
  openConnection,
  openUnixConnection,
  type Server,
  sleep,
  type SocketAddress,
  startServer,
  startUnixServer,
  type StreamReader,
  type StreamWriter,
  TimeoutError,
  timeout,
} from "gyre";
import { authority, identity } from "../support/certificates.ts";

export interface Load {
  readonly name: string;
  readonly once: () => Promise<void>;
}

const HOST = "127.0.0.1";
const ends = { tcp: 0, tls: 0, datagrams: 0, unix: "" };

export async function startServers(): Promise<Server[]> {
  const tcp = await startServer(echo, HOST, 0);
  const tls = await startServer(echo, HOST, 0, { ssl: identity("server") });
  ends.unix = join(mkdtempSync(join(tmpdir(), "gyre-soak-")), "socket");
  const unix = await startUnixServer(echo, ends.unix);
  ends.tcp = tcp.port ?? 0;
  ends.tls = tls.port ?? 0;
  return [tcp, tls, unix];
}

export const LOADS: readonly Load[] = [
  { name: "small requests", once: () => connected(smallRequests) },
  { name: "large transfers", once: () => connected(largeTransfer) },
  { name: "resets", once: () => connected(reset) },
  { name: "half-closed", once: () => connected(halfClosed) },
  { name: "slow readers", once: () => connected(slowReader) },
  { name: "cancelled reads", once: () => connected(cancelledRead) },
  { name: "refused", once: refused },
  { name: "Unix sockets", once: overUnix },
  { name: "TLS", once: overTls },
  { name: "datagrams", once: datagrams },
];

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  try {
    for (;;) {
      const data = await reader.read(65_536);
      if (data.length === 0) break;
      writer.write(data);
      await writer.drain();
    }
  } catch (error) {
    if (!isReset(error)) throw error;
  } finally {
    writer.close();
  }
}

type Conversation = (reader: StreamReader, writer: StreamWriter) => Promise<void>;

async function connected(conversation: Conversation): Promise<void> {
  await converse(await openConnection(HOST, ends.tcp), conversation);
}

async function converse(
  [reader, writer]: readonly [StreamReader, StreamWriter],
  conversation: Conversation,
): Promise<void> {
  try {
    await conversation(reader, writer);
  } finally {
    writer.close();
    await writer.waitClosed().catch((error: unknown) => {
      if (!isReset(error)) throw error;
    });
  }
}

async function smallRequests(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for (let count = 0; count < 200; count++) {
    const request = randomBytes(1 + (count % 300));
    writer.write(request);
    assert.ok((await reader.readexactly(request.length)).equals(request));
  }
}

async function largeTransfer(reader: StreamReader, writer: StreamWriter): Promise<void> {
  const data = randomBytes(1_000_000);
  const [reply] = await Promise.all([reader.readexactly(data.length), send(writer, data)]);
  assert.ok(reply.equals(data));
}

async function send(writer: StreamWriter, data: Buffer): Promise<void> {
  for (let offset = 0; offset < data.length; offset += 50_000) {
    writer.write(data.subarray(offset, offset + 50_000));
    await writer.drain();
  }
}

async function reset(_reader: StreamReader, writer: StreamWriter): Promise<void> {
  writer.write(randomBytes(100_000));
  await sleep(1);
  writer.transport.abort(); // with bytes that nobody has read
}

async function halfClosed(reader: StreamReader, writer: StreamWriter): Promise<void> {
  const data = randomBytes(10_000);
  writer.write(data);
  writer.writeEof();
  assert.ok((await reader.read()).equals(data));
}

async function slowReader(reader: StreamReader, writer: StreamWriter): Promise<void> {
  const sending = send(writer, Buffer.alloc(400_000, 7));
  for (let count = 0; count < 400_000;) {
    await sleep(1);
    count += (await reader.read(40_000)).length;
  }
  await sending;
}

async function cancelledRead(reader: StreamReader): Promise<void> {
  await assert.rejects(
    timeout(2, () => reader.read(1)),
    TimeoutError,
  );
}

async function refused(): Promise<void> {
  await assert.rejects(openConnection(HOST, 1), { code: "ECONNREFUSED" });
  await sleep(2);
}

async function overUnix(): Promise<void> {
  await converse(await openUnixConnection(ends.unix), smallRequests);
}

async function overTls(): Promise<void> {
  const options = { ssl: { ca: authority }, serverHostname: "localhost" };
  await converse(await openConnection(HOST, ends.tls, options), smallRequests);
}

/** Counts what comes back; some of it may be lost, which is what datagrams do. */
class Counter implements DatagramProtocol {
  received = 0;
  transport: DatagramTransport | null = null;

  connectionMade(transport: DatagramTransport): void {
    this.transport = transport;
  }

  datagramReceived(data: Buffer): void {
    this.received += data.length;
  }
}

class Answering implements DatagramProtocol {
  #transport: DatagramTransport | null = null;

  connectionMade(transport: DatagramTransport): void {
    this.#transport = transport;
  }

  datagramReceived(data: Buffer, address: SocketAddress): void {
    this.#transport?.sendto(data, address);
  }
}

async function datagrams(): Promise<void> {
  const loop = getRunningLoop();
  const [server] = await loop.createDatagramEndpoint(() => new Answering(), {
    localAddr: { address: HOST, port: 0 },
  });
  const remoteAddr = server.getExtraInfo("sockname");
  assert.ok(typeof remoteAddr === "object" && remoteAddr !== null);
  const [client, counter] = await loop.createDatagramEndpoint(() => new Counter(), { remoteAddr });
  for (let count = 0; count < 50; count++) client.sendto(randomBytes(100));
  for (let turn = 0; turn < 200 && counter.received < 5000; turn++) await sleep(1);
  assert.ok(counter.received > 0);
  client.close();
  server.close();
}

function isReset(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}
