/** Unix sockets, with a file and without. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckContext, inside, topic } from "../check.ts";
import { expect, expectBytes, expectEqual, expectRejection } from "../expect.ts";
import { patterned } from "../support/bytes.ts";
import { Recorder } from "../support/recorder.ts";

interface UnixPair {
  readonly client: Recorder;
  readonly server: Recorder;
}

/** A path for a socket, in a folder that goes when `body` ends. */
async function withPath(body: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gyre-check-"));
  try {
    await body(join(folder, "socket"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withUnixPair(
  context: CheckContext,
  path: string,
  body: (pair: UnixPair) => Promise<void>,
): Promise<void> {
  const { loop, waits } = context;
  const server = new Recorder(context, "server", { eofReceived: () => true });
  const listening = await loop.createUnixServer(() => server, path);
  const client = new Recorder(context, "client");
  try {
    await waits.during(
      "for a connection to a Unix socket",
      loop.createUnixConnection(() => client, path),
    );
    await server.until("made");
    await body({ client, server });
  } finally {
    if (client.events.includes("made")) client.transport.abort();
    listening.close();
    listening.abortClients();
    await waits.during("for waitClosed()", listening.waitClosed());
    if (client.events.includes("made")) await client.untilLost();
  }
}

async function converse({ client, server }: UnixPair): Promise<void> {
  const bytes = patterned(2_000_000, 13);
  client.transport.write(bytes);
  client.transport.writeEof();
  await server.until("eof");
  expectBytes(server.received, bytes, "bytes arrive as they were written, and then the end");
  server.transport.write("answer");
  await client.untilLength(6);
  expectEqual(client.received.toString(), "answer", "the other direction stays open");
}

export const unixChecks = topic(
  "unix sockets",
  ["unix"],
  [
    inside("carry bytes in both directions, and half-close", "CONN-16 SRV-25", (context) =>
      withPath((path) => withUnixPair(context, path, converse)),
    ),
    inside(
      "without a file do, too",
      "CONN-16 SRV-25",
      (context) =>
        withUnixPair(
          context,
          `\0gyre-check-${process.pid}-${Math.round(performance.now() * 1000)}`,
          converse,
        ),
      "abstract",
    ),
    inside("have their path as their name", "TR-02", (context) =>
      withPath((path) =>
        withUnixPair(context, path, async ({ client, server }) => {
          expectEqual(
            [client.transport.getExtraInfo("peername"), server.transport.getExtraInfo("sockname")],
            [path, path],
            "[the client's peer, the server's own name]",
          );
          expectEqual(
            [client.transport.getExtraInfo("sockname"), server.transport.getExtraInfo("peername")],
            ["", ""],
            "a client has no name",
          );
        }),
      ),
    ),
    inside("leave no file behind", "SRV-26", (context) =>
      withPath(async (path) => {
        await withUnixPair(context, path, async () => {
          expect(existsSync(path), "the socket has a file while the server listens", "there is none");
        });
        expect(!existsSync(path), "the file goes with the server", "it is there");
        const kept = await context.loop.createUnixServer(() => ({}), path, { cleanupSocket: false });
        kept.close();
        await kept.waitClosed();
        expect(existsSync(path), "with cleanupSocket: false the file stays", "it is gone");
        await expectRejection(
          context.loop.createUnixConnection(() => ({}), path),
          "ECONNREFUSED",
          "a file that nobody serves is ECONNREFUSED",
        );
        await withUnixPair(context, path, async () => undefined);
      }),
    ),
    inside("leave the file of a successor alone", "SRV-26", (context) =>
      withPath(async (path) => {
        const first = await context.loop.createUnixServer(() => ({}), path);
        rmSync(path);
        const second = await context.loop.createUnixServer(() => ({}), path);
        first.close();
        await first.waitClosed();
        expect(
          existsSync(path),
          "close() removes the file only if it is still the same",
          "another server's file is gone",
        );
        second.close();
        await second.waitClosed();
      }),
    ),
    inside("that are not there are ENOENT", "CONN-16", (context) =>
      withPath(async (path) => {
        const error = await expectRejection(
          context.loop.createUnixConnection(() => ({}), path),
          "ENOENT",
          "no file, no socket",
        );
        expectEqual(
          [error.syscall, error.address],
          ["connect", path],
          "[syscall, address], as Node's errors have them",
        );
      }),
    ),
    inside("do not take the place of another file", "SRV-25", (context) =>
      withPath(async (path) => {
        writeFileSync(path, "precious");
        await expectRejection(
          context.loop.createUnixServer(() => ({}), path),
          "EADDRINUSE",
          "only a socket is replaced",
        );
        expect(existsSync(path), "the file is left alone", "it is gone");
      }),
    ),
    inside("in a folder that is not there are ENOENT", "SRV-25", (context) =>
      withPath(async (path) => {
        await expectRejection(
          context.loop.createUnixServer(() => ({}), join(path, "deeper")),
          ["ENOENT", "ENOTDIR"],
          "the system's error is passed on",
        );
      }),
    ),
  ],
);
