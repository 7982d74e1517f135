/** Many connections of one loop, whose data is there together: what one of them does must not be felt by the others. */
import assert from "node:assert/strict";
import { type Hooks, connectTo, end, Recorder, withServer } from "./recording.ts";

export interface Crowd {
  /** A client and the server's end of the same connection have the same index. */
  readonly clients: readonly Recorder[];
  readonly servers: readonly Recorder[];
}

export interface CrowdHooks {
  /** @param index - of the connection */
  readonly client?: (index: number) => Hooks;
  readonly server?: (index: number) => Hooks;
}

/** So many connections for as long as `body` takes. */
export async function withCrowd(
  count: number,
  body: (crowd: Crowd) => Promise<void> | void,
  hooks: CrowdHooks = {},
): Promise<void> {
  const clients: Recorder[] = [];
  const servers: Recorder[] = [];
  const accept = (): Recorder => {
    const server = new Recorder(hooks.server?.(servers.length));
    servers.push(server);
    return server;
  };
  await withServer(accept, async (port) => {
    try {
      for (let index = 0; index < count; index++) {
        clients.push(await connectTo(port, new Recorder(hooks.client?.(index))));
        await servers.at(-1)?.untilEvent("made"); // so that both have the same index
      }
      await body({ clients, servers });
    } finally {
      for (const client of clients) await end(client);
    }
  });
}

/** Each client writes in the same turn, so that the server finds them all ready at once. */
export function shout({ clients }: Crowd, textOf: (index: number) => string | Buffer): void {
  for (const [index, client] of clients.entries()) client.transport.write(textOf(index));
}

/** Waits until each has so many bytes. */
export async function untilLength(recorders: readonly Recorder[], length: number): Promise<void> {
  for (const recorder of recorders) await recorder.until(() => recorder.receivedLength >= length);
}

/** Waits until each has these bytes, and nothing else has come. */
export async function untilReceived(
  recorders: readonly Recorder[],
  partsOf: (index: number) => readonly Uint8Array[],
  where = "",
): Promise<void> {
  for (const [index, recorder] of recorders.entries()) {
    const expected = Buffer.concat(partsOf(index));
    await recorder.until(() => recorder.receivedLength >= expected.length);
    assert.ok(recorder.received.equals(expected), `connection ${index}${where}`);
  }
}

/** Waits until each has lost its connection. */
export async function untilAllLost(recorders: readonly Recorder[]): Promise<void> {
  for (const recorder of recorders) await recorder.untilLost();
}

/** Repeatable bytes that tell where they are from. */
export function content(seed: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let index = 0; index < length; index++) bytes[index] = (seed * 31 + index * 7 + (index >> 8)) & 255;
  return bytes;
}
