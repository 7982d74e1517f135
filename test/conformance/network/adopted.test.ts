import assert from "node:assert/strict";
import dgram from "node:dgram";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import { createTask, getRunningLoop, isCancelled, sleep } from "gyre";
import { authority, identity } from "../../support/certificates.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";
import { descriptorOf, isNode, program, withAccepted } from "./adopted-support.ts";
import { readAll, withPeer } from "./peers.ts";
import { end, Recorder } from "./recording.ts";
import { ECHO, withFolder } from "./servers-support.ts";

const recorders = () => new Recorder();
const echo = () => new Recorder(ECHO);

describeOnLoops("a connection that was accepted elsewhere", ({ it, run }) => {
  it("is given to a protocol [CONN-17]", () =>
    run(() =>
      withAccepted(async (accepted, client) => {
        const loop = getRunningLoop();
        const [transport, protocol] = await loop.connectAcceptedSocket(echo, accepted);
        assert.deepEqual(protocol.events, ["made"]);
        assert.deepEqual(transport.getExtraInfo("peername"), client.address());
        client.end("hello");
        assert.equal(await readAll(client), "hello");
        await protocol.untilLost();
        assert.deepEqual(protocol.events, ["made", "data hello", "eof", "lost null"]);
      }),
    ));

  it("loses nothing of what has come already [CONN-17]", () =>
    run(() =>
      withAccepted(async (accepted, client) => {
        client.write("early ");
        while (accepted.readableLength === 0) {
          accepted.read(0);
          await sleep(1);
        }
        client.end("late");
        const [, protocol] = await getRunningLoop().connectAcceptedSocket(recorders, accepted);
        await protocol.untilLost();
        assert.deepEqual(protocol.events, ["made", "data early late", "eof", "lost null"]);
      }),
    ));

  it("keeps its own direction open when the protocol says so, also where the host would not [CONN-17 PR-05]", () =>
    run(() =>
      withAccepted(async (accepted, client) => {
        const factory = () => new Recorder({ eofReceived: () => true });
        const [transport, protocol] = await getRunningLoop().connectAcceptedSocket(factory, accepted);
        client.end("question");
        await protocol.untilEvent("eof");
        await sleep(0);
        transport.write("answer");
        transport.close();
        assert.equal(await readAll(client), "answer");
        await protocol.untilLost();
      }),
    ));

  it("may have been paused by the server that accepted it [CONN-17]", () =>
    run(() =>
      withAccepted(
        async (accepted, client) => {
          const [, protocol] = await getRunningLoop().connectAcceptedSocket(echo, accepted);
          client.write("hello");
          await protocol.untilText("hello");
          await end(protocol);
        },
        { pauseOnConnect: true },
      ),
    ));

  it("is secured as the server's side [CONN-17]", () =>
    run(() =>
      withAccepted(async (accepted, client) => {
        const ssl = identity("server");
        const secured = tls.connect({ socket: client, ca: authority, servername: "localhost" });
        const [, protocol] = await getRunningLoop().connectAcceptedSocket(echo, accepted, { ssl });
        secured.write("secret");
        const [answer] = (await once(secured, "data")) as [Buffer];
        assert.equal(answer.toString(), "secret");
        await end(protocol);
        secured.destroy();
      }),
    ));

  it("is closed when its protocol cannot be made, or the caller is cancelled [CONN-17]", () =>
    run(async () => {
      const loop = getRunningLoop();
      await withAccepted(async (accepted) => {
        const failing = (): Recorder => {
          throw new RangeError("not today");
        };
        await assert.rejects(loop.connectAcceptedSocket(failing, accepted), RangeError);
        assert.equal(accepted.destroyed, true);
      });
      await withAccepted(async (accepted) => {
        const task = createTask(() => loop.connectAcceptedSocket(recorders, accepted));
        await sleep(0);
        task.cancel();
        const outcome = await task.catch((error: unknown) => error);
        assert.ok(isCancelled(outcome), String(outcome));
        assert.equal(accepted.destroyed, true);
      });
    }));

  it("may be a Unix socket [CONN-17 CONN-16]", () =>
    run(() =>
      withFolder(async (folder) => {
        const path = join(folder, "socket");
        const server = net.createServer();
        const connection = once(server, "connection") as Promise<[net.Socket]>;
        server.listen(path);
        await once(server, "listening");
        const sock = net.connect(path);
        const loop = getRunningLoop();
        await once(sock, "connect");
        const [, client] = await loop.createUnixConnection(recorders, null, { sock });
        const [accepted] = await connection;
        const [, protocol] = await loop.connectAcceptedSocket(echo, accepted);
        client.transport.write("hello");
        await client.untilText("hello");
        assert.equal(client.transport.getExtraInfo("socket")?.family, "Unix");
        await end(client);
        await protocol.untilLost();
        server.close();
        await once(server, "close");
      }),
    ));

  it("may be given as a descriptor, or as an object that has one and gives it away [CONN-06 CONN-17]", () =>
    run(async () => {
      if (!isNode) return;
      for (const [sock, detached] of [
        ["3", 0],
        ["owner", 1],
      ] as const) {
        const adopt = async (accepted: net.Socket, client: net.Socket): Promise<void> => {
          const descriptors = [descriptorOf(accepted)];
          const ending = runProgram(program(sock, "connectAcceptedSocket"), { descriptors });
          client.write("hello");
          const [answer] = (await once(client, "data")) as [Buffer];
          assert.equal(answer.toString(), "hello");
          client.end();
          const { stdout, stderr } = await ending;
          assert.equal(stderr, "");
          assert.deepEqual(stdout.trim().split("\n"), ["made IPv4", `detached ${detached}`, "lost null"]);
        };
        await withAccepted(adopt, { pauseOnConnect: true });
      }
    }));
});

describeOnLoops("a socket that is no connection", ({ it, run }) => {
  it("is refused, and stays its owner's [CONN-02 CONN-06 CONN-17]", () =>
    run(() =>
      withAccepted(async (accepted) => {
        const loop = getRunningLoop();
        const datagrams = dgram.createSocket("udp4");
        const file = openSync("/dev/null", "r");
        const secured = new tls.TLSSocket(accepted);
        const wrong: [unknown, string][] = [
          ["a string", "GYRE_INVALID_ARGUMENT"],
          [null, "GYRE_INVALID_ARGUMENT"],
          [{}, "GYRE_INVALID_ARGUMENT"],
          [datagrams, "GYRE_INVALID_ARGUMENT"],
          [net.createServer(), "GYRE_INVALID_ARGUMENT"],
          [secured, "GYRE_INVALID_ARGUMENT"],
          [file, "GYRE_INVALID_ARGUMENT"],
          [new net.Socket(), "GYRE_OUT_OF_RANGE"],
          [new net.Socket().destroy(), "GYRE_OUT_OF_RANGE"],
          [-1, "GYRE_OUT_OF_RANGE"],
          [1.5, "GYRE_OUT_OF_RANGE"],
          [{ fileno: () => -1 }, "GYRE_OUT_OF_RANGE"],
          [999_999, "EBADF"],
        ];
        for (const [sock, code] of wrong) {
          const call = async () => loop.connectAcceptedSocket(recorders, sock);
          await assert.rejects(call, { code }, String(sock));
        }
        closeSync(file);
        datagrams.close();
        secured.destroy();
      }),
    ));

  it("is refused while somebody else reads it, or decodes it [CONN-17]", () =>
    run(() =>
      withAccepted(async (accepted, client) => {
        const loop = getRunningLoop();
        const call = () => loop.connectAcceptedSocket(echo, accepted);
        const listener = (): void => undefined;
        accepted.on("readable", listener);
        await assert.rejects(call, { code: "GYRE_OUT_OF_RANGE", message: /listeners/ });
        accepted.off("readable", listener);
        const [, protocol] = await call();
        client.write("hello");
        await protocol.untilText("hello");
        await end(protocol);
        await assert.rejects(call, { code: "GYRE_OUT_OF_RANGE", message: /closed/ });
      }),
    ));

  it("may not belong to another transport [CONN-17]", () =>
    run(() =>
      withAccepted(async (accepted) => {
        const loop = getRunningLoop();
        const [transport, protocol] = await loop.connectAcceptedSocket(recorders, accepted);
        const sock = transport.getExtraInfo("socket");
        assert.throws(() => void loop.connectAcceptedSocket(recorders, sock), {
          code: "GYRE_INVALID_ARGUMENT",
        });
        await end(protocol);
      }),
    ));

  it("must be one of Unix for a Unix connection, and is closed otherwise [CONN-16]", () =>
    run(() =>
      withAccepted(async (sock) => {
        const call = getRunningLoop().createUnixConnection(recorders, null, { sock });
        await assert.rejects(call, { code: "GYRE_OUT_OF_RANGE" });
        assert.equal(sock.destroyed, true);
      }),
    ));
});

describeOnLoops("createConnection over a socket", ({ it, run }) => {
  it("takes one that is connected, instead of host and port [CONN-06]", () =>
    run(() =>
      withPeer(
        (socket) => socket.end("welcome"),
        async ({ port }) => {
          const sock = net.connect(port, "127.0.0.1");
          await once(sock, "connect");
          const loop = getRunningLoop();
          await assert.rejects(loop.createConnection(recorders, "127.0.0.1", port, { sock }), {
            code: "GYRE_OUT_OF_RANGE",
          });
          const [transport, protocol] = await loop.createConnection(recorders, null, null, { sock });
          assert.deepEqual(transport.getExtraInfo("sockname"), sock.address());
          await protocol.untilLost();
          assert.deepEqual(protocol.events, ["made", "data welcome", "eof", "lost null"]);
        },
      ),
    ));

  it("does not take one that is not connected yet [CONN-06]", () =>
    run(() =>
      withPeer(
        () => undefined,
        async ({ port }) => {
          const sock = net.connect(port, "127.0.0.1");
          const loop = getRunningLoop();
          await assert.rejects(loop.createConnection(recorders, null, null, { sock }), {
            code: "GYRE_OUT_OF_RANGE",
          });
          sock.destroy();
          await once(sock, "close");
        },
      ),
    ));
});
