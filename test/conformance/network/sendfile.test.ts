import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { it as itOnce } from "node:test";
import { pathToFileURL } from "node:url";
import { checkpoint, createTask, getRunningLoop, isCancelled } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { withEnds, withFolder } from "./fifos.ts";
import { Recorder } from "./recording.ts";
import {
  CHUNK,
  content,
  hash,
  HIGH_WATER_MARK,
  LARGE,
  send,
  sendUntilFull,
  withFile,
} from "./sendfile-support.ts";
import { withTlsPair } from "./tls-support.ts";

describeOnLoops("sendfile", { needs: ["sockets"] }, ({ it, run }) => {
  it("sends a large file, with what was written before and after in place [SF-01 SF-04]", () =>
    run(() => {
      const bytes = content(LARGE);
      return withFile(bytes, async ({ transport, received, handle }) => {
        const arrival = received();
        transport.write("before ");
        assert.equal(await send(transport, handle), LARGE);
        transport.write(" after");
        transport.close();
        const all = await arrival;
        assert.equal(all.toString("latin1", 0, 7), "before ");
        assert.equal(all.toString("latin1", 7 + LARGE), " after");
        assert.equal(hash(all.subarray(7, 7 + LARGE)), hash(bytes));
      });
    }));

  it("sends a part, and what there is of it [SF-01 SF-05]", () =>
    run(() =>
      withFile("0123456789", async ({ transport, received, handle }) => {
        const arrival = received();
        assert.equal(await send(transport, handle, { offset: 2, count: 3 }), 3);
        assert.equal(await send(transport, handle, { count: 1 }), 1);
        assert.equal(await send(transport, handle, { offset: 8, count: 1_000 }), 2);
        assert.equal(await send(transport, handle, { offset: 9 }), 1);
        assert.equal(await send(transport, handle, { offset: 10 }), 0);
        assert.equal(await send(transport, handle, { offset: 1_000, count: null }), 0);
        transport.close();
        assert.equal(String(await arrival), "2340899");
      }),
    ));

  it("sends nothing of an empty file [SF-01]", () =>
    run(() =>
      withFile("", async ({ transport, handle, client }) => {
        assert.equal(await send(transport, handle), 0);
        assert.equal(transport.getProtocol(), client);
      }),
    ));

  it("takes the path or URL of a file, and opens and closes it [SF-01]", () =>
    run(() =>
      withFile("text;", async ({ transport, received, path }) => {
        const arrival = received();
        assert.equal(await send(transport, path), 5);
        assert.equal(await send(transport, pathToFileURL(path), { count: 4 }), 4);
        transport.close();
        assert.equal(String(await arrival), "text;text");
      }),
    ));

  it("neither uses nor moves the position of the file [SF-02]", () =>
    run(() =>
      withFile("0123456789", async ({ transport, handle }) => {
        await handle.read(Buffer.alloc(4), 0, 4, null);
        assert.equal(await send(transport, handle), 10);
        const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, null);
        assert.equal(String(buffer), "45");
      }),
    ));

  it("tells how much the transport has taken [SF-02]", () =>
    run(() =>
      withFile(content(300_000), async ({ transport, handle, received }) => {
        const arrival = received();
        const progress: number[] = [];
        const onProgress = (sent: number) => void progress.push(sent);
        assert.equal(await send(transport, handle, { offset: 1, onProgress }), 299_999);
        assert.deepEqual(
          progress,
          progress.toSorted((one, other) => one - other),
        );
        assert.equal(progress.at(-1), 299_999);
        transport.close();
        await arrival;
      }),
    ));

  it("waits for a slow peer, and holds little meanwhile [SF-03 SF-04]", () =>
    run(() =>
      withFile(content(LARGE), async (setting) => {
        let progress = 0;
        const { task } = await sendUntilFull(setting, (sent) => (progress = sent));
        const { client, transport } = setting;
        assert.ok(progress < LARGE);
        assert.ok(transport.getWriteBufferSize() <= HIGH_WATER_MARK + CHUNK);
        const arrival = setting.received();
        assert.equal(await task, LARGE);
        transport.close();
        assert.equal((await arrival).length, LARGE);
        await client.untilLost();
      }),
    ));

  it("waits until what was buffered before has gone down [SF-04]", () =>
    run(() =>
      withFile("the file", async ({ client, transport, received, handle }) => {
        const before = Buffer.alloc(LARGE);
        transport.write(before);
        assert.deepEqual(client.events, ["made", "pause"]);
        const task = createTask(() => send(transport, handle));
        while (transport.getProtocol() === client) await checkpoint();
        const arrival = received();
        assert.equal(await task, 8);
        assert.deepEqual(client.events, ["made", "pause", "resume"]);
        transport.close();
        assert.equal((await arrival).toString("latin1", LARGE), "the file");
      }),
    ));

  it("pauses reading, and gives the transport back in the end [SF-04]", () =>
    run(() =>
      withFile(content(LARGE), async (setting) => {
        const { client, transport, peer } = setting;
        const { task } = await sendUntilFull(setting);
        assert.equal(transport.isReading(), false);
        assert.notEqual(transport.getProtocol(), client);
        peer.write("from the peer");
        const arrival = setting.received();
        await task;
        assert.equal(transport.isReading(), true);
        assert.equal(transport.getProtocol(), client);
        await client.untilText("from the peer");
        transport.close();
        await arrival;
        await client.untilLost();
        const flow = client.events.filter((event) => event === "pause" || event === "resume");
        assert.deepEqual(
          flow,
          flow.map((_event, index) => (index % 2 === 0 ? "pause" : "resume")),
        );
      }),
    ));

  it("leaves reading paused if it was [SF-04]", () =>
    run(() =>
      withFile("text", async ({ transport, handle }) => {
        transport.pauseReading();
        await send(transport, handle);
        assert.equal(transport.isReading(), false);
      }),
    ));

  it("refuses other writes and another file meanwhile [SF-04]", () =>
    run(() =>
      withFile(content(LARGE), async (setting) => {
        const { transport, handle } = setting;
        const { task } = await sendUntilFull(setting);
        const refusal = { name: "RuntimeError", code: "GYRE_SENDFILE_RUNNING" };
        assert.throws(() => transport.write("between"), refusal);
        assert.throws(() => transport.writelines(["between"]), refusal);
        await assert.rejects(send(transport, handle), refusal);
        const arrival = setting.received();
        await task;
        transport.write("behind");
        transport.close();
        assert.equal((await arrival).length, LARGE + 6);
      }),
    ));

  it("gives the transport back when it is cancelled [SF-04]", () =>
    run(() =>
      withFile(content(LARGE), async (setting) => {
        const { client, transport } = setting;
        let progress = 0;
        const { task } = await sendUntilFull(setting, (sent) => (progress = sent));
        task.cancel();
        await assert.rejects(task, isCancelled);
        assert.equal(transport.getProtocol(), client);
        assert.equal(transport.isReading(), true);
        assert.equal(client.events.at(-1), "pause"); // what it would have been told
        transport.write("and this");
        transport.close();
        const all = await setting.received();
        assert.equal(all.length, progress + 8);
        assert.equal(all.toString("latin1", progress), "and this");
      }),
    ));

  it("writes to a pipe too [SF-01]", () =>
    run(() =>
      withFile(content(300_000), async ({ handle }) =>
        withEnds(async ({ reader, writer }) => {
          const loop = getRunningLoop();
          const [source, target] = [new Recorder(), new Recorder()];
          await loop.connectReadPipe(() => target, reader);
          const [transport] = await loop.connectWritePipe(() => source, writer);
          assert.equal(await send(transport, handle), 300_000);
          transport.close();
          await target.untilLost();
          assert.equal(target.received.length, 300_000);
          await source.untilLost();
        }),
      ),
    ));
});

describeOnLoops("sendfile over TLS", ({ it, run }) => {
  it("sends the file encrypted, and waits for a slow peer as well [SF-01 SF-03 SF-04]", () =>
    run(() =>
      withFolder(async (folder) => {
        const path = join(folder, "file");
        const bytes = content(LARGE);
        writeFileSync(path, bytes);
        const first = ({ transport }: Recorder) => transport.pauseReading();
        await withTlsPair(
          async ({ client, server }) => {
            const task = createTask(() => send(client.transport, path));
            while (client.transport.getWriteBufferSize() === 0) await new Promise(setImmediate);
            assert.equal(task.done(), false);
            server.transport.resumeReading();
            assert.equal(await task, LARGE);
            client.transport.close();
            await server.untilLost();
            assert.equal(hash(server.received), hash(bytes));
          },
          { server: { connectionMade: first } },
        );
      }),
    ));
});

const RECEIVER = `
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as client:
    sys.stdout.write(str(sum(len(chunk) for chunk in iter(lambda: client.recv(65536), b""))))
`;
const hasPython = spawnSync("python3", ["-c", ""], { stdio: "ignore" }).status === 0;

describeOnLoops("sendfile and a client of another language", { needs: ["sockets"] }, ({ run }) => {
  const skip = hasPython ? false : "python3 is needed as the client";

  itOnce("agree about what was sent [SF-01]", { skip }, () =>
    run(() =>
      withFolder(async (folder) => {
        const path = join(folder, "file");
        writeFileSync(path, content(LARGE));
        const protocol = new Recorder();
        const loop = getRunningLoop();
        const server = await loop.createServer(() => protocol, "127.0.0.1", 0);
        const name = server.sockets[0]?.getsockname();
        assert.ok(typeof name === "object");
        const client = spawn("python3", ["-c", RECEIVER, String(name.port)], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        const printed = text(client.stdout);
        const ended = once(client, "close");
        await protocol.untilEvent("made");
        assert.equal(await send(protocol.transport, path), LARGE);
        protocol.transport.close();
        await protocol.untilLost();
        assert.equal(await printed, String(LARGE));
        await ended;
        server.close();
        await server.waitClosed();
      }),
    ),
  );
});
