import assert from "node:assert/strict";
import dgram from "node:dgram";
import { once } from "node:events";
import net from "node:net";
import { createTask, getRunningLoop, isCancelled, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { ANYWHERE, Datagrams, HAS_IPV6, LOCALHOST, open, withPair } from "./datagrams-support.ts";

const ELSEWHERE = { address: "192.0.2.1", port: 0 }; // TEST-NET-1: no machine has it

/** A call with arguments that its types forbid. */
function openWith(options: object): Promise<unknown> {
  return getRunningLoop().createDatagramEndpoint(() => new Datagrams(), options);
}

const code = (expected: string) => ({ code: expected });

describeOnLoops("opening a datagram endpoint", ({ it, run }) => {
  it("calls connectionMade before it returns, and gives the protocol [DG-01]", () =>
    run(async () => {
      const made: Datagrams[] = [];
      const factory = () => {
        const protocol = new Datagrams();
        made.push(protocol);
        return protocol;
      };
      const loop = getRunningLoop();
      const [transport, protocol] = await loop.createDatagramEndpoint(factory, { localAddr: ANYWHERE });
      assert.deepEqual(made, [protocol]);
      assert.deepEqual(protocol.events, ["made"]);
      assert.equal(protocol.transport, transport);
      assert.equal(transport.getProtocol(), protocol);
      await protocol.close();
    }));

  it("tells its addresses and its socket [DG-01 DG-03]", () =>
    withTwo(async (server, client) => {
      const { transport } = server;
      assert.equal(server.address.address, LOCALHOST);
      assert.equal(server.address.family, "IPv4");
      assert.ok(server.address.port > 0);
      assert.equal(transport.getExtraInfo("peername"), null);
      assert.deepEqual(client.transport.getExtraInfo("peername"), server.address);
      assert.equal(client.address.address, LOCALHOST);
      const socket = transport.getExtraInfo("socket");
      assert.equal(socket?.family, "IPv4");
      assert.equal(socket?.type, 2);
      assert.deepEqual(socket?.getsockname(), server.address);
      assert.equal(socket?.getpeername(), null);
      assert.throws(() => socket?.setNoDelay(true), code("GYRE_NOT_SUPPORTED"));
      assert.equal(transport.getExtraInfo("sslcontext"), null);
      assert.equal(transport.getExtraInfo("nonsense", "fallback"), "fallback");
    }));

  it("needs an address or a family [DG-02]", () =>
    run(async () => {
      await assert.rejects(open({}), code("GYRE_OUT_OF_RANGE"));
      const four = await open({ family: 4 });
      assert.equal(four.address.family, "IPv4");
      await four.close();
      await assert.rejects(async () => openWith({ family: 5 }), code("GYRE_OUT_OF_RANGE"));
      await assert.rejects(async () => openWith({ family: 4, proto: 6 }), code("GYRE_OUT_OF_RANGE"));
    }));

  it("looks up names, and takes digits for a port [DG-02]", () =>
    run(async () => {
      const server = await open({ localAddr: { address: "localhost", port: "0" }, family: 4 });
      assert.equal(server.address.address, LOCALHOST);
      const client = await open({
        remoteAddr: { address: "localhost", port: server.address.port },
        family: 4,
      });
      client.transport.sendto("by name");
      await server.untilEvent("got by name");
      await client.close();
      await server.close();
    }));

  it("refuses addresses in another form, before it does anything [DG-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      for (const localAddr of [5, ["127.0.0.1", 0], { address: 5 }, { address: LOCALHOST, port: {} }])
        assert.throws(() => void openWith({ localAddr }), code("GYRE_INVALID_ARGUMENT"));
      const port = 70_000;
      assert.throws(
        () => void openWith({ remoteAddr: { address: LOCALHOST, port } }),
        code("GYRE_OUT_OF_RANGE"),
      );
      const openFor = (factory: unknown) => void loop.createDatagramEndpoint(factory as never);
      assert.throws(() => openFor("protocol"), code("GYRE_INVALID_ARGUMENT"));
    }));

  it("needs addresses of one family [DG-02]", () =>
    run(async () => {
      const remoteAddr = { address: "::1", port: 9 };
      await assert.rejects(open({ localAddr: ANYWHERE, remoteAddr }), code("GYRE_OUT_OF_RANGE"));
      await assert.rejects(open({ localAddr: ANYWHERE, family: 6 }), code("EAI_ADDRFAMILY"));
    }));

  it("fails as the first pair of addresses does [DG-02]", () =>
    run(async () => {
      await assert.rejects(open({ localAddr: ELSEWHERE }), code("EADDRNOTAVAIL"));
      const first = await open({ localAddr: ANYWHERE });
      await assert.rejects(open({ localAddr: first.address }), code("EADDRINUSE"));
      await first.close();
    }));

  it("has no Unix sockets [DG-06]", () =>
    run(async () => {
      await assert.rejects(async () => openWith({ localAddr: "/tmp/socket" }), code("GYRE_NOT_SUPPORTED"));
    }));

  it("shares a port with reusePort, or says that the host cannot [DG-04]", () =>
    run(async () => {
      let first;
      try {
        first = await open({ localAddr: ANYWHERE, reusePort: true });
      } catch (error) {
        assert.ok(error instanceof Error && "code" in error);
        assert.equal(error.code, "GYRE_NOT_SUPPORTED");
        return;
      }
      const second = await open({ localAddr: first.address, reusePort: true });
      assert.deepEqual(second.address, first.address);
      await second.close();
      await first.close();
    }));

  it("may send to broadcast addresses only with allowBroadcast [DG-04]", () =>
    run(async () => {
      const everybody = { address: "127.255.255.255", port: 9 };
      const plain = await open({ localAddr: ANYWHERE });
      plain.transport.sendto("x", everybody);
      await plain.untilEvent("error EACCES");
      await plain.close();
      const allowed = await open({ localAddr: ANYWHERE, allowBroadcast: true });
      allowed.transport.sendto("x", everybody);
      await allowed.close();
      assert.deepEqual(allowed.events, ["made", "lost null"]);
    }));

  it("receives from its remote address only [DG-03]", () =>
    withTwo(async (server, client) => {
      const stranger = await open({ localAddr: ANYWHERE });
      stranger.transport.sendto("strange", client.address);
      await stranger.close();
      server.transport.sendto("expected", client.address);
      await client.untilTexts(1);
      assert.deepEqual(client.texts, ["expected"]);
      assert.deepEqual(client.senders, [server.address]);
    }));

  it("only remembers its remote address with allowBroadcast [DG-03]", () =>
    run(async () => {
      const server = await open({ localAddr: ANYWHERE });
      const options = { localAddr: ANYWHERE, remoteAddr: server.address, allowBroadcast: true };
      const client = await open(options);
      assert.equal(client.transport.getExtraInfo("peername"), null);
      client.transport.sendto("to the remembered");
      await server.untilEvent("got to the remembered");
      const stranger = await open({ localAddr: ANYWHERE });
      stranger.transport.sendto("strange", client.address);
      await client.untilEvent("got strange");
      assert.throws(() => client.transport.sendto("elsewhere", stranger.address), code("GYRE_OUT_OF_RANGE"));
      for (const one of [stranger, client, server]) await one.close();
    }));

  it("adopts a socket that is bound, or connected [DG-05]", { needs: ["sockets"] }, () =>
    run(async () => {
      const socket = dgram.createSocket("udp4").bind(0, LOCALHOST);
      await once(socket, "listening");
      const server = await open({ sock: socket });
      assert.equal(server.address.port, socket.address().port);
      const connected = dgram.createSocket("udp4");
      connected.connect(server.address.port, LOCALHOST);
      await once(connected, "connect");
      const client = await open({ sock: connected });
      assert.deepEqual(client.transport.getExtraInfo("peername"), server.address);
      client.transport.sendto("from a socket");
      await server.untilEvent("got from a socket");
      server.transport.sendto("back", client.address);
      await client.untilEvent("got back");
      await client.close();
      await server.close();
      assert.throws(() => socket.address());
    }),
  );

  it("adopts nothing else, and takes no other option then [DG-05]", { needs: ["sockets"] }, () =>
    run(async () => {
      const unbound = dgram.createSocket("udp4");
      await assert.rejects(open({ sock: unbound }), code("GYRE_OUT_OF_RANGE"));
      for (const others of [
        { localAddr: ANYWHERE },
        { family: 4 as const },
        { allowBroadcast: true },
        { flags: 1 },
      ])
        await assert.rejects(open({ sock: unbound, ...others }), /GYRE_OUT_OF_RANGE|sock/);
      unbound.close();
      for (const sock of [new net.Socket(), 5, "socket"])
        await assert.rejects(open({ sock }), code("GYRE_INVALID_ARGUMENT"));
    }),
  );

  it("notices that somebody else closes its socket [DG-05 DG-08]", { needs: ["sockets"] }, () =>
    run(async () => {
      const socket = dgram.createSocket("udp4").bind(0, LOCALHOST);
      await once(socket, "listening");
      const endpoint = await open({ sock: socket });
      socket.close();
      endpoint.transport.sendto("too late", { address: LOCALHOST, port: 9 });
      await endpoint.until(() => endpoint.events.at(-1) === "lost null");
      assert.equal(endpoint.transport.isClosing(), true);
    }),
  );

  it("closes the socket when the factory fails [DG-01]", () =>
    run(async () => {
      const failing = () => {
        throw new Error("no protocol today");
      };
      const opening = getRunningLoop().createDatagramEndpoint(failing, { localAddr: ANYWHERE });
      await assert.rejects(opening, /no protocol today/);
    }));

  it("closes the socket when it is cancelled, at any moment [DG-01]", () =>
    run(
      async () => {
        const loop = getRunningLoop();
        const remoteAddr = { address: LOCALHOST, port: 9 };
        for (let turns = 0; turns < 6; turns++) {
          const protocol = new Datagrams();
          const task = createTask(() => loop.createDatagramEndpoint(() => protocol, { remoteAddr }));
          for (let turn = 0; turn < turns; turn++) await sleep(0);
          const late = !task.cancel();
          if (late) await protocol.close();
          else await assert.rejects(task, isCancelled);
        }
      },
      { debug: true }, // where the steps of tasks never interleave
    ));

  it("opens on IPv6 as well [DG-01]", () =>
    run(async () => {
      if (!HAS_IPV6) return;
      const server = await open({ localAddr: { address: "::1", port: 0 } });
      const client = await open({ remoteAddr: server.address });
      client.transport.sendto("over six");
      await server.untilEvent("got over six");
      assert.deepEqual(server.senders, [client.address]);
      assert.equal(client.address.family, "IPv6");
      await client.close();
      await server.close();
    }));

  function withTwo(body: Parameters<typeof withPair>[0]): Promise<void> {
    return run(() => withPair(body));
  }
});
