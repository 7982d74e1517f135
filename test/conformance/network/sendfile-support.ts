/** Files, and connections to send them through. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type net from "node:net";
import { join } from "node:path";
import { createTask, getRunningLoop, type Transport } from "gyre";
import { withFolder } from "./fifos.ts";
import { withPeer } from "./peers.ts";
import { connectTo, end, Recorder } from "./recording.ts";

export const LARGE = 10_000_000; // bytes: more than the system buffers of a connection hold
export const HIGH_WATER_MARK = 65_536;
export const CHUNK = 131_072;

export interface Setting {
  readonly client: Recorder;
  readonly transport: Transport;
  /** What the other end has got; it reads as soon as this is called. */
  readonly received: () => Promise<Buffer>;
  readonly peer: net.Socket;
  readonly path: string;
  readonly handle: FileHandle;
}

export function content(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) % 2 ** 32, at);
  return bytes;
}

/** A connection to a peer that does not read yet, and a file. */
export function withFile(
  bytes: Uint8Array | string,
  body: (setting: Setting) => Promise<void>,
): Promise<void> {
  return withFolder((folder) =>
    withPeer(
      (socket) => socket.pause(),
      async (server) => {
        const path = join(folder, "file");
        writeFileSync(path, bytes);
        const handle = await open(path, "r");
        const client = await connectTo(server.port, new Recorder());
        const peer = await server.first();
        const received = async (): Promise<Buffer> => {
          const chunks: Buffer[] = [];
          peer.on("data", (chunk: Buffer) => chunks.push(chunk)).resume();
          await once(peer, "end");
          return Buffer.concat(chunks);
        };
        try {
          await body({ client, transport: client.transport, received, peer, path, handle });
        } finally {
          await handle.close();
          if (!client.lost) await end(client);
        }
      },
    ),
  );
}

export const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
export const send = (...args: Parameters<ReturnType<typeof getRunningLoop>["sendfile"]>): Promise<number> =>
  getRunningLoop().sendfile(...args);

/** Starts to send a large file to a peer that does not read, and waits until that gets no further. */
export async function sendUntilFull({ transport, handle }: Setting, onProgress?: (sent: number) => void) {
  const task = createTask(() => send(transport, handle, onProgress ? { onProgress } : {}));
  const isFull = (): boolean => transport.getWriteBufferSize() > HIGH_WATER_MARK;
  for (let still = 0; still < 50; still = isFull() ? still + 1 : 0) await new Promise(setImmediate);
  return { task }; // an async function would wait for the task itself
}
