import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { createTask, type EventLoop, getRunningLoop, isCancelled, type Server, sleep } from "gyre";
import { authority, identity } from "../../support/certificates.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { collectReports } from "../support/reports.ts";
import { end, Recorder } from "./recording.ts";
import { Crowd, ECHO, serving, withFolder } from "./servers-support.ts";

type UnixServerArguments = Parameters<EventLoop["createUnixServer"]>;
type UnixConnectionArguments = Parameters<EventLoop["createUnixConnection"]>;

const recorders = () => new Recorder();
const listenAt = (...args: UnixServerArguments): Promise<Server> =>
  getRunningLoop().createUnixServer(...args);

async function connectAt(path: string): Promise<Recorder> {
  const [, recorder] = await getRunningLoop().createUnixConnection(recorders, path);
  return recorder;
}

async function echoes(path: string): Promise<void> {
  const client = await connectAt(path);
  client.transport.write("hello");
  await client.untilText("hello");
  await end(client);
}

/** A path in a folder of its own. */
function withPath<T>(body: (path: string, folder: string) => Promise<T>): Promise<T> {
  return withFolder((folder) => body(join(folder, "socket"), folder));
}

describeOnLoops("a Unix server", ({ it, run }) => {
  it(
    "has a file that its clients find it by, and removes it in the end [SRV-25 SRV-26 CONN-16]",
    { needs: ["sockets"] },
    () =>
      run(() =>
        withPath(async (path, folder) => {
          await serving(await listenAt(new Crowd(ECHO).factory, path), async (server) => {
            assert.deepEqual(readdirSync(folder), ["socket"]);
            assert.equal(lstatSync(path).isSocket(), true);
            assert.deepEqual(
              server.sockets.map((socket) => [socket.family, socket.getsockname(), socket.fileno() >= 0]),
              [["Unix", path, true]],
            );
            await echoes(path);
          });
          assert.deepEqual(readdirSync(folder), []);
        }),
      ),
  );

  it("names the path on both sides [SRV-25 CONN-16]", () =>
    run(() =>
      withPath(async (path) => {
        const crowd = new Crowd();
        await serving(await listenAt(crowd.factory, path), async () => {
          const client = await connectAt(path);
          await crowd.until(() => crowd.made === 1);
          const names = [client, crowd.recorders[0]].map((one) => [
            one?.transport.getExtraInfo("sockname"),
            one?.transport.getExtraInfo("peername"),
            one?.transport.getExtraInfo("socket")?.family,
          ]);
          assert.deepEqual(names, [
            ["", path, "Unix"],
            [path, "", "Unix"],
          ]);
          await end(client);
        });
      }),
    ));

  it(
    "refuses connections until it is told to serve, at the same path [SRV-11 SRV-25]",
    { needs: ["sockets"] },
    () =>
      run(() =>
        withPath(async (path) => {
          const options = { startServing: false };
          await serving(await listenAt(new Crowd(ECHO).factory, path, options), async (server) => {
            const inode = lstatSync(path).ino;
            await assert.rejects(connectAt(path), { code: "ECONNREFUSED" });
            await server.startServing();
            assert.equal(lstatSync(path).ino, inode);
            await echoes(path);
          });
          assert.equal(existsSync(path), false);
          const unused = await listenAt(recorders, path, options);
          unused.close();
          await unused.waitClosed();
          assert.equal(existsSync(path), false);
        }),
      ),
  );

  it(
    "leaves the file when it is told to, and the next server replaces that [SRV-25 SRV-26]",
    { needs: ["sockets"] },
    () =>
      run(() =>
        withPath(async (path, folder) => {
          const options = { cleanupSocket: false };
          await serving(await listenAt(new Crowd(ECHO).factory, path, options), () => echoes(path));
          assert.equal(lstatSync(path).isSocket(), true);
          await assert.rejects(connectAt(path), { code: "ECONNREFUSED" });
          await serving(await listenAt(new Crowd(ECHO).factory, path), () => echoes(path));
          assert.deepEqual(readdirSync(folder), []);
        }),
      ),
  );

  it("does not remove a file that took the place of its own [SRV-26]", { needs: ["sockets"] }, () =>
    run(() =>
      withPath(async (path) => {
        const reports = collectReports();
        const first = await listenAt(recorders, path);
        await serving(await listenAt(new Crowd(ECHO).factory, path), async () => {
          await serving(first, async () => undefined);
          await echoes(path);
        });
        assert.equal(existsSync(path), false);
        await serving(await listenAt(recorders, path), async () => {
          renameSync(path, `${path}.moved`);
          writeFileSync(path, "precious");
        });
        assert.equal(lstatSync(path).isFile(), true);
        assert.equal(existsSync(`${path}.moved`), true);
        assert.deepEqual(reports, []);
      }),
    ),
  );

  it("does not mind that its file has gone [SRV-26]", { needs: ["sockets"] }, () =>
    run(() =>
      withPath(async (path) => {
        const reports = collectReports();
        await serving(await listenAt(recorders, path), async () => renameSync(path, `${path}.moved`));
        assert.deepEqual(reports, []);
      }),
    ),
  );

  it("never takes the place of a file that is no socket [SRV-25]", { needs: ["sockets"] }, () =>
    run(() =>
      withPath(async (path, folder) => {
        const taken = { code: "EADDRINUSE", syscall: "bind", path };
        writeFileSync(path, "precious");
        await assert.rejects(listenAt(recorders, path), taken);
        const link = join(folder, "link");
        symlinkSync(join(folder, "nothing"), link);
        await assert.rejects(listenAt(recorders, link), { ...taken, path: link });
        const inner = join(folder, "folder");
        mkdirSync(inner);
        await assert.rejects(listenAt(recorders, inner), { ...taken, path: inner });
        assert.deepEqual(readdirSync(folder).toSorted(), ["folder", "link", "socket"]);
      }),
    ),
  );

  it("says which path cannot be had [SRV-25]", { needs: ["sockets"] }, () =>
    run(() =>
      withPath(async (path, folder) => {
        const nowhere = join(folder, "nowhere", "socket");
        await assert.rejects(listenAt(recorders, nowhere), { code: "ENOENT", path: nowhere });
        const long = join(folder, "x".repeat(120));
        await assert.rejects(listenAt(recorders, long), { code: "ENAMETOOLONG", path: long });
        await assert.rejects(connectAt(path), { code: "ENOENT" });
        assert.deepEqual(readdirSync(folder), []);
      }),
    ),
  );

  it("takes a path as long as the system does [SRV-25]", () =>
    run(() =>
      withFolder(async (folder) => {
        const longest = (process.platform === "linux" ? 107 : 103) - folder.length - 1;
        for (const name of ["y".repeat(longest), `${"y".repeat(longest - 2)}/z`]) {
          const path = join(folder, name);
          if (name.includes("/")) mkdirSync(join(path, ".."));
          await serving(await listenAt(new Crowd(ECHO).factory, path), () => echoes(path));
        }
      }),
    ));

  it("may have a name that is no file [SRV-25 CONN-16]", () =>
    run(async () => {
      if (process.platform !== "linux") return;
      const path = `\0gyre-${process.pid}`;
      await serving(await listenAt(new Crowd(ECHO).factory, path), async () => {
        await assert.rejects(listenAt(recorders, path), { code: "EADDRINUSE" });
        await echoes(path);
      });
      await assert.rejects(connectAt(path), { code: "ECONNREFUSED" });
    }));

  it("secures its connections [SRV-25 CONN-16]", () =>
    run(() =>
      withPath(async (path) => {
        const ssl = identity("server");
        await serving(await listenAt(new Crowd(ECHO).factory, path, { ssl }), async () => {
          const options = { ssl: { ca: authority }, serverHostname: "localhost" };
          const [transport, client] = await getRunningLoop().createUnixConnection(recorders, path, options);
          transport.write("secret");
          await client.untilText("secret");
          await end(client);
        });
      }),
    ));

  it("takes over a server that listens already, and its file [SRV-25 SRV-26]", { needs: ["sockets"] }, () =>
    run(() =>
      withPath(async (path) => {
        const sock = await hostServer(path);
        await serving(await listenAt(new Crowd(ECHO).factory, null, { sock }), () => echoes(path));
        assert.equal(existsSync(path), false);
        const left = await hostServer(path);
        const options = { sock: left, cleanupSocket: false };
        await serving(await listenAt(new Crowd(ECHO).factory, null, options), () => echoes(path));
        assert.equal(lstatSync(path).isSocket(), true);
      }),
    ),
  );

  it("refuses what makes no sense [SRV-25 CONN-16]", { needs: ["sockets"] }, () =>
    run(() =>
      withPath(async (path) => {
        const tcp = net.createServer();
        await new Promise<void>((resolve) => void tcp.listen(0, "127.0.0.1", resolve));
        const wrong: [unknown[], string][] = [
          [["no function", path], "GYRE_INVALID_ARGUMENT"],
          [[recorders, 5], "GYRE_INVALID_ARGUMENT"],
          [[recorders, path, { ssl: true }], "GYRE_INVALID_ARGUMENT"],
          [[recorders], "GYRE_OUT_OF_RANGE"],
          [[recorders, ""], "GYRE_OUT_OF_RANGE"],
          [[recorders, path, { sock: 0 }], "GYRE_OUT_OF_RANGE"],
          [[recorders, path, { backlog: -1 }], "GYRE_OUT_OF_RANGE"],
          [[recorders, path, { sslHandshakeTimeout: 1 }], "GYRE_OUT_OF_RANGE"],
          [[recorders, path, { sslShutdownTimeout: 1 }], "GYRE_OUT_OF_RANGE"],
          [[recorders, null, { sock: tcp }], "GYRE_OUT_OF_RANGE"],
        ];
        for (const [args, code] of wrong) {
          await assert.rejects(async () => listenAt(...(args as unknown as UnixServerArguments)), { code });
        }
        assert.equal(existsSync(path), false);
      }),
    ),
  );

  it("leaves no file when it is cancelled [SRV-25]", { needs: ["sockets"] }, () =>
    run(() =>
      withPath(async (path, folder) => {
        for (const turns of [0, 1]) {
          const task = createTask(() => listenAt(recorders, path));
          for (let turn = 0; turn < turns; turn++) await createTask(async () => undefined);
          task.cancel();
          await assert.rejects(task, isCancelled);
          assert.deepEqual(readdirSync(folder), []);
        }
      }),
    ),
  );
});

describeOnLoops("a Unix connection", ({ it, run }) => {
  it("refuses what makes no sense [CONN-16]", () =>
    run(() =>
      withPath(async (path) => {
        const wrong: [unknown[], string][] = [
          [["no function", path], "GYRE_INVALID_ARGUMENT"],
          [[recorders, 5], "GYRE_INVALID_ARGUMENT"],
          [[recorders], "GYRE_OUT_OF_RANGE"],
          [[recorders, null], "GYRE_OUT_OF_RANGE"],
          [[recorders, ""], "GYRE_OUT_OF_RANGE"],
          [[recorders, path, { sock: 0 }], "GYRE_OUT_OF_RANGE"],
          [[recorders, path, { ssl: true }], "GYRE_OUT_OF_RANGE"],
          [[recorders, path, { serverHostname: "localhost" }], "GYRE_OUT_OF_RANGE"],
          [[recorders, path, { sslHandshakeTimeout: 1 }], "GYRE_OUT_OF_RANGE"],
          [[recorders, path, { sslShutdownTimeout: 1 }], "GYRE_OUT_OF_RANGE"],
        ];
        for (const [args, code] of wrong) {
          const call = async () =>
            getRunningLoop().createUnixConnection(...(args as unknown as UnixConnectionArguments));
          await assert.rejects(call, { code });
        }
      }),
    ));

  it("ends with its peer [CONN-16]", () =>
    run(() =>
      withPath(async (path) => {
        const crowd = new Crowd({ dataReceived: ({ transport }) => transport.close() });
        await serving(await listenAt(crowd.factory, path), async () => {
          const client = await connectAt(path);
          client.transport.write("bye");
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "eof", "lost null"]);
          assert.deepEqual(crowd.recorders[0]?.events, ["made", "data bye", "lost null"]);
        });
      }),
    ));

  it("can be half-closed [CONN-16]", () =>
    run(() =>
      withPath(async (path) => {
        const crowd = new Crowd({
          eofReceived: (self) => {
            self.transport.write(`got ${self.text}`);
            self.transport.close();
            return true;
          },
        });
        await serving(await listenAt(crowd.factory, path), async () => {
          const client = await connectAt(path);
          client.transport.write("all");
          client.transport.writeEof();
          await client.untilLost();
          assert.equal(client.text, "got all");
          await sleep(0);
        });
      }),
    ));
});

async function hostServer(path: string): Promise<net.Server> {
  const server = net.createServer();
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  return server;
}
