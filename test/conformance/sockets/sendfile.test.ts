import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTask, Future, isCancelled, SendfileNotAvailableError, sleep } from "gyre";
import { AF_INET, Socket, SOCK_DGRAM } from "gyre/socket";
import { describeWithSockets } from "../../support/descriptors.ts";
import { receive, withPair, withTcp } from "./support.ts";

/** Runs with a file of random bytes. */
async function withFile(size: number, body: (path: string, bytes: Buffer) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gyre-"));
  const bytes = randomBytes(size);
  const path = join(folder, "file");
  writeFileSync(path, bytes);
  try {
    await body(path, bytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A socket without the system's sendfile. */
function withoutSendfile(socket: Socket): Socket {
  return new Proxy(socket, {
    get(target, name) {
      if (name === "sendfile") return undefined;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

describeWithSockets("sendfile over a socket", ({ it, run }) => {
  it("lets the system send a large file [SOCK-10 SF-06]", () =>
    run(() =>
      withFile(3_000_000, (path, bytes) =>
        withTcp(async (loop, client, server) => {
          const progress: number[] = [];
          const onProgress = (sent: number): void => void progress.push(sent);
          const sending = createTask(() => loop.sockSendfile(client, path, { fallback: false, onProgress }));
          assert.ok((await receive(loop, server, bytes.length)).equals(bytes));
          assert.equal(await sending, bytes.length);
          assert.equal(progress.at(-1), bytes.length);
        }),
      ),
    ));

  it("sends a part, as far as there is one, of an open file [SOCK-10 SF-05]", () =>
    run(() =>
      withFile(1000, (path, bytes) =>
        withPair(async (loop, left, right) => {
          const file = await open(path);
          assert.equal(await loop.sockSendfile(left, file, { offset: 10, count: 5 }), 5);
          assert.ok((await receive(loop, right, 5)).equals(bytes.subarray(10, 15)));
          assert.equal(await loop.sockSendfile(left, file, { offset: 990, count: 100 }), 10);
          assert.ok((await receive(loop, right, 10)).equals(bytes.subarray(990)));
          assert.equal(await loop.sockSendfile(left, file, { offset: 2000 }), 0);
          await file.close();
        }),
      ),
    ));

  it("sends nothing of an empty file [SOCK-10 SF-06]", () =>
    run(() =>
      withFile(0, (path) =>
        withPair(async (loop, left) => {
          assert.equal(await loop.sockSendfile(left, path), 0);
          assert.equal(await loop.sockSendfile(withoutSendfile(left), path), 0);
        }),
      ),
    ));

  it("reads the file itself where the system cannot send it [SOCK-10 SF-03]", () =>
    run(() =>
      withFile(1_000_000, (path, bytes) =>
        withPair(async (loop, left, right) => {
          const sending = createTask(() =>
            loop.sockSendfile(withoutSendfile(left), path, { offset: 7, count: 900_000 }),
          );
          assert.ok((await receive(loop, right, 900_000)).equals(bytes.subarray(7, 900_007)));
          assert.equal(await sending, 900_000);
        }),
      ),
    ));

  it("refuses that if it may not be [SOCK-10 SF-03 SF-07]", () =>
    run(() =>
      withFile(10, (path) =>
        withPair(async (loop, left) => {
          await assert.rejects(
            loop.sockSendfile(withoutSendfile(left), path, { fallback: false }),
            SendfileNotAvailableError,
          );
        }),
      ),
    ));

  it("refuses what makes no sense [SOCK-10 SF-05]", () =>
    run(() =>
      withFile(10, (path) =>
        withPair(async (loop, left) => {
          const range = { code: "GYRE_OUT_OF_RANGE" };
          await assert.rejects(loop.sockSendfile(left, path, { offset: -1 }), range);
          await assert.rejects(loop.sockSendfile(left, path, { count: 0 }), range);
          assert.throws(() => loop.sockSendfile(left, 5 as unknown as string), {
            code: "GYRE_INVALID_ARGUMENT",
          });
          const datagrams = new Socket(AF_INET, SOCK_DGRAM);
          await assert.rejects(loop.sockSendfile(datagrams, path), range);
          datagrams.close();
          await assert.rejects(loop.sockSendfile(left, `${path}-that-is-not-there`), { code: "ENOENT" });
          const closed = await open(path);
          await closed.close();
          await assert.rejects(loop.sockSendfile(left, closed), { code: "EBADF" });
        }),
      ),
    ));

  it("can be cancelled, and has told how far it came [SOCK-10 SF-02]", () =>
    run(() =>
      withFile(3_000_000, (path, bytes) =>
        withPair(async (loop, left, right) => {
          let sent = 0;
          const begun = new Future<void>();
          const onProgress = (count: number): void => {
            sent = count;
            if (!begun.done()) begun.setResult();
          };
          const sending = createTask(() => loop.sockSendfile(left, path, { onProgress }));
          await begun;
          await sleep(1);
          sending.cancel();
          await assert.rejects(sending, isCancelled);
          assert.ok(sent > 0 && sent < bytes.length);
          left.close();
          assert.ok((await receive(loop, right, bytes.length)).equals(bytes.subarray(0, sent)));
        }),
      ),
    ));

  it("fails when the receiver goes [SOCK-10 SF-04]", () =>
    run(() =>
      withFile(3_000_000, (path) =>
        withPair(async (loop, left, right) => {
          const sending = createTask(() => loop.sockSendfile(left, path));
          await sleep(1);
          right.close();
          await assert.rejects(sending, { code: "EPIPE" });
        }),
      ),
    ));
});
