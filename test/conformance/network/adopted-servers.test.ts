import assert from "node:assert/strict";
import { once } from "node:events";
import { closeSync, openSync, readdirSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import { getRunningLoop, type Server } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";
import { connectPatiently, isNode, program } from "./adopted-support.ts";
import { readAll, withSocket } from "./peers.ts";
import { portOf, Recorder } from "./recording.ts";
import { Crowd, ECHO, listen, serving, withFolder } from "./servers-support.ts";

const recorders = () => new Recorder();

/** Lets a program serve on the socket of a server, which itself serves no more. */
async function inherits(
  server: Server,
  source: string,
  target: { readonly port: number } | { readonly path: string },
): Promise<void> {
  const descriptors = server.sockets.map((socket) => socket.fileno());
  const ending = runProgram(source, { descriptors });
  const client = await connectPatiently(target);
  client.end("hello");
  assert.equal(await readAll(client), "hello");
  const { stdout, stderr } = await ending;
  assert.equal(stderr, "");
  assert.match(stdout, /^detached [01]\nmade (IPv4|Unix)\nlost null\n$/);
  server.close();
  await server.waitClosed();
}

describeOnLoops("a server over a socket", ({ it, run }) => {
  it("takes a server that listens already [SRV-06]", () =>
    run(async () => {
      const crowd = new Crowd(ECHO);
      const sock = net.createServer();
      sock.listen(0, "127.0.0.1");
      await once(sock, "listening");
      const { port } = sock.address() as net.AddressInfo; // it listens on TCP
      await serving(await listen(crowd.factory, null, null, { sock }), async (server) => {
        assert.equal(portOf(server), port);
        await withSocket(port, async (client) => {
          client.end("hello");
          assert.equal(await readAll(client), "hello");
        });
        await crowd.until(() => crowd.lost === 1);
        assert.deepEqual(crowd.recorders[0]?.events, ["made", "data hello", "eof", "lost null"]);
      });
      assert.equal(sock.listening, false);
    }));

  it("takes one that is bound by its descriptor [SRV-06 SRV-25]", () =>
    run(() =>
      withFolder(async (folder) => {
        if (!isNode) return;
        const options = { startServing: false };
        const tcp = await listen(recorders, "127.0.0.1", 0, options);
        await inherits(tcp, program("null, null, { sock: owner }", "createServer"), { port: portOf(tcp) });
        const path = join(folder, "socket");
        const unix = await getRunningLoop().createUnixServer(recorders, path, options);
        await inherits(unix, program("null, { sock: 3 }", "createUnixServer"), { path });
      }),
    ));

  it("refuses what cannot listen [SRV-06]", () =>
    run(async () => {
      const withListener = net.createServer(() => undefined);
      withListener.listen(0, "127.0.0.1");
      await once(withListener, "listening");
      const file = openSync("/dev/null", "r");
      const wrong: [unknown, string][] = [
        ["a string", "GYRE_INVALID_ARGUMENT"],
        [new net.Socket(), "GYRE_INVALID_ARGUMENT"],
        [tls.createServer(), "GYRE_INVALID_ARGUMENT"],
        [file, "GYRE_INVALID_ARGUMENT"],
        [net.createServer(), "GYRE_OUT_OF_RANGE"],
        [withListener, "GYRE_OUT_OF_RANGE"],
        [-1, "GYRE_OUT_OF_RANGE"],
        [999_999, "EBADF"],
      ];
      for (const [sock, code] of wrong)
        await assert.rejects(listen(recorders, null, null, { sock }), { code }, String(sock));
      closeSync(file);
      assert.equal(withListener.listening, true);
      withListener.close();
      await once(withListener, "close");
    }));
});

describeOnLoops("descriptors", ({ it, run }) => {
  it("are all given back [SRV-15 CONN-17]", () =>
    run(async () => {
      if (process.platform !== "linux") return;
      const count = () => readdirSync("/proc/self/fd").length;
      const before = count();
      const crowd = new Crowd();
      await serving(await listen(crowd.factory, "127.0.0.1", 0), async (server) => {
        for (let index = 0; index < 50; index++)
          await withSocket(portOf(server), async () => crowd.until(() => crowd.made === index + 1));
        await crowd.until(() => crowd.lost === 50);
      });
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      assert.equal(count(), before);
    }));
});
