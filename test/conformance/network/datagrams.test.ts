import assert from "node:assert/strict";
import dgram from "node:dgram";
import { once } from "node:events";
import { getRunningLoop, newEventLoop, sleep } from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { ANYWHERE, Datagrams, LOCALHOST, open, withPair } from "./datagrams-support.ts";

const HUGE = 70_000; // bytes, more than any datagram has
const WINDOW = 50; // small datagrams that fit into a socket's buffer

const code = (expected: string) => ({ code: expected });

describeOnLoops("a datagram endpoint", ({ name, it, run }) => {
  it("sends to its remote address, and answers whom it received from [DG-07 PR-04]", () =>
    run(() =>
      withPair(
        async (server, client) => {
          client.transport.sendto("ping");
          await client.untilEvent("got answer to ping");
          assert.deepEqual(server.senders, [client.address]);
          assert.deepEqual(client.senders, [server.address]);
          assert.deepEqual(client.events, ["made", "got answer to ping"]);
        },
        {
          server: {
            datagramReceived: ({ transport }, data, address) =>
              transport.sendto(`answer to ${data.toString()}`, address),
          },
        },
      ),
    ));

  it("sends bytes, text and nothing at all, each as a datagram [DG-07]", () =>
    run(() =>
      withPair(async (server, { transport }) => {
        transport.sendto(Buffer.from("bytes"));
        transport.sendto(new Uint8Array([0x21, 0x22]).subarray(1));
        transport.sendto("grün");
        transport.sendto("");
        transport.sendto(Buffer.alloc(0));
        transport.sendto("end");
        await server.untilEvent("got end");
        assert.deepEqual(server.texts, ["bytes", '"', "grün", "", "", "end"]);
      }),
    ));

  it("sends what the data was at the time, though it changes afterwards [DG-07]", () =>
    run(() =>
      withPair(async (server, { transport }) => {
        const data = Buffer.from("before");
        transport.sendto(data);
        data.write("after!");
        await server.untilTexts(1);
        assert.deepEqual(server.texts, ["before"]);
      }),
    ));

  it("refuses data of another type, and addresses in another form [DG-07]", () =>
    run(() =>
      withPair(async ({ transport, address }) => {
        const sendto = (data: unknown, target: unknown) => transport.sendto(data as never, target as never);
        for (const data of [5, null, [1, 2], { length: 1 }])
          assert.throws(() => sendto(data, address), code("GYRE_INVALID_ARGUMENT"));
        for (const target of ["127.0.0.1", { address: LOCALHOST }, { address: 5, port: 5 }, undefined])
          assert.throws(() => sendto("data", target), code("GYRE_INVALID_ARGUMENT"));
        for (const port of [70_000, -1, 1.5])
          assert.throws(() => transport.sendto("x", { address: LOCALHOST, port }), code("GYRE_OUT_OF_RANGE"));
      }),
    ));

  it("refuses another address than its remote one, also when it is closed [DG-07]", () =>
    run(async () => {
      const server = await open({ localAddr: ANYWHERE });
      const client = await open({ remoteAddr: server.address });
      const { address, port } = server.address;
      client.transport.sendto("same", { address, port });
      client.transport.sendto("none", null);
      await server.untilTexts(2);
      assert.throws(() => client.transport.sendto("x", client.address), code("GYRE_OUT_OF_RANGE"));
      await client.close();
      assert.throws(() => client.transport.sendto("x", client.address), code("GYRE_OUT_OF_RANGE"));
      client.transport.sendto("dropped");
      await server.close();
    }));

  it("tells the protocol what could not be sent, and goes on [DG-07 PR-04]", () =>
    run(() =>
      withPair(async (server, client) => {
        client.transport.sendto(Buffer.alloc(HUGE));
        client.transport.sendto("small");
        assert.deepEqual(client.events, ["made"]);
        await client.untilEvent("error EMSGSIZE");
        await server.untilEvent("got small");
        server.transport.sendto("x", { address: LOCALHOST, port: 0 });
        server.transport.sendto("x", { address: "::1", port: 9 });
        await server.until(() => server.events.length === 4);
        const [port, family] = server.events.slice(2);
        assert.equal(port, "error EINVAL");
        assert.match(String(family), /^error (EINVAL|EAFNOSUPPORT)$/); // the system's word, or the host's
        assert.equal(server.transport.isClosing(), false);
      }),
    ));

  it("sends to a name, which is looked up [DG-07]", () =>
    run(() =>
      withPair(async (server) => {
        const sender = await open({ family: 4 });
        sender.transport.sendto("by name", { address: "localhost", port: server.address.port });
        await sender.close();
        await server.untilEvent("got by name");
      }),
    ));

  it("delivers a thousand datagrams in the order in which they were sent [DG-07 DG-09]", () =>
    run(() =>
      withPair(async (server, { transport, events }) => {
        const expected: string[] = [];
        while (expected.length < 1000) {
          for (let count = 0; count < WINDOW; count++) {
            const text = String(expected.length);
            expected.push(text);
            transport.sendto(text);
          }
          await server.untilTexts(expected.length);
        }
        assert.deepEqual(server.texts, expected);
        assert.deepEqual(events, ["made"]);
        assert.equal(transport.getWriteBufferSize(), 0);
        assert.equal(transport.statistics().datagramsSent, 1000);
        assert.equal(server.transport.statistics().datagramsReceived, 1000);
      }),
    ));

  it("sends what was passed to it before close, and nothing afterwards [DG-08]", () =>
    run(async () => {
      const server = await open({ localAddr: ANYWHERE });
      const client = await open({ remoteAddr: server.address });
      for (let count = 0; count < WINDOW; count++) client.transport.sendto(String(count));
      client.transport.close();
      client.transport.close();
      client.transport.sendto("too late");
      assert.equal(client.transport.isClosing(), true);
      assert.deepEqual(client.events, ["made"]);
      await client.untilEvent("lost null");
      await server.untilTexts(WINDOW);
      await server.close();
      assert.equal(server.texts.length, WINDOW);
      assert.deepEqual(client.events, ["made", "lost null"]);
    }));

  it("tells of a failure before the loss, though it is closed at once [DG-07 DG-08]", () =>
    run(async () => {
      const endpoint = await open({ localAddr: ANYWHERE });
      endpoint.transport.sendto(Buffer.alloc(HUGE), endpoint.address);
      await endpoint.close();
      assert.deepEqual(endpoint.events, ["made", "error EMSGSIZE", "lost null"]);
    }));

  it("ends at once with abort, and tells so once [DG-08]", () =>
    run(async () => {
      const endpoint = await open({ localAddr: ANYWHERE });
      endpoint.transport.abort();
      endpoint.transport.abort();
      endpoint.transport.close();
      assert.deepEqual(endpoint.events, ["made"]);
      await sleep(0);
      assert.deepEqual(endpoint.events, ["made", "lost null"]);
      assert.equal(endpoint.transport.statistics().state, "closed");
      assert.equal(endpoint.transport.getWriteBufferSize(), 0);
    }));

  it("may be closed, and sent on, in connectionMade [DG-01 DG-08]", () =>
    run(async () => {
      const server = await open({ localAddr: ANYWHERE });
      const connectionMade = ({ transport }: Datagrams) => {
        transport.sendto("hello and good-bye");
        transport.close();
      };
      const client = await open({ remoteAddr: server.address }, { connectionMade });
      await client.untilEvent("lost null");
      await server.untilEvent("got hello and good-bye");
      await server.close();
    }));

  it("warns who goes on sending when it is closed [DG-08]", () =>
    run(() =>
      withPair(async (server) => {
        expectTrouble("warning", /LostConnectionWarning/);
        const client = await open({ remoteAddr: server.address });
        await client.close();
        for (let count = 0; count < 5; count++) client.transport.sendto("x");
      }),
    ));

  it("delivers nothing after close [DG-08]", () =>
    run(async () => {
      const server = await open(
        { localAddr: ANYWHERE },
        { datagramReceived: ({ transport }) => transport.close() },
      );
      const client = await open({ remoteAddr: server.address });
      client.transport.sendto("first");
      client.transport.sendto("second");
      await server.untilEvent("lost null");
      assert.deepEqual(server.events, ["made", "got first", "lost null"]);
      await client.close();
    }));

  it("has limits as other transports do [DG-09]", () =>
    run(async () => {
      const { transport, close } = await opened();
      assert.deepEqual(transport.getWriteBufferLimits(), [16_384, 65_536]);
      transport.setWriteBufferLimits({ high: 100 });
      assert.deepEqual(transport.getWriteBufferLimits(), [25, 100]);
      transport.setWriteBufferLimits({ low: 10 });
      assert.deepEqual(transport.getWriteBufferLimits(), [10, 40]);
      assert.throws(() => transport.setWriteBufferLimits({ high: 1, low: 2 }), code("GYRE_OUT_OF_RANGE"));
      transport.setWriteBufferLimits();
      assert.deepEqual(transport.getWriteBufferLimits(), [16_384, 65_536]);
      await close();
    }));

  it("learns from the system that nobody listens at its remote address [DG-10]", () =>
    run(async () => {
      const gone = await open({ localAddr: ANYWHERE });
      const remoteAddr = gone.address;
      await gone.close();
      const client = await open({ remoteAddr });
      client.transport.sendto("anybody?");
      await client.untilEvent("error ECONNREFUSED");
      assert.equal(client.transport.isClosing(), false);
      const reborn = await open({ localAddr: remoteAddr });
      client.transport.sendto("now?");
      await reborn.untilEvent("got now?");
      await reborn.close();
      await client.close();
    }));

  it("reports what its protocol throws, and goes on [DG-01 DG-07]", () =>
    run(async () => {
      const messages: string[] = [];
      getRunningLoop().setExceptionHandler((_loop, { message }) => void messages.push(message));
      const fail = () => {
        throw new Error("the protocol's fault");
      };
      const hooks = {
        connectionMade: fail,
        datagramReceived: fail,
        errorReceived: fail,
        connectionLost: fail,
      };
      const endpoint = await open({ localAddr: ANYWHERE }, hooks);
      endpoint.transport.sendto("one", endpoint.address);
      endpoint.transport.sendto("two", endpoint.address);
      endpoint.transport.sendto(Buffer.alloc(HUGE), endpoint.address);
      await endpoint.until(() => endpoint.events.length === 4);
      await endpoint.close();
      assert.deepEqual(messages.toSorted(), [
        "protocol.connectionLost() failed",
        "protocol.connectionMade() failed",
        "protocol.datagramReceived() failed",
        "protocol.datagramReceived() failed",
        "protocol.errorReceived() failed",
      ]);
    }));

  it("changes its protocol [DG-01]", () =>
    run(() =>
      withPair(async (server, client) => {
        const second = new Datagrams();
        server.transport.setProtocol(second);
        client.transport.sendto("to the second");
        await second.untilEvent("got to the second");
        assert.equal(server.transport.getProtocol(), second);
        server.transport.setProtocol(server);
      }),
    ));

  it("is abandoned with its loop, with a warning [DG-01]", async () => {
    expectTrouble("warning", /ResourceWarning: .*<Transport datagram open/);
    const loop = await newEventLoop(name);
    const factory = () => new Datagrams();
    const [transport] = await loop.runUntilComplete(() =>
      loop.createDatagramEndpoint(factory, { localAddr: ANYWHERE }),
    );
    await loop.close();
    assert.equal(transport.isClosing(), true);
  });

  it("talks to the host's own sockets [DG-01 DG-07]", { needs: ["sockets"] }, () =>
    run(async () => {
      const socket = dgram.createSocket("udp4").bind(0, LOCALHOST);
      await once(socket, "listening");
      socket.on("message", (data, { port, address }) =>
        socket.send(`${data.toString()} back`, port, address),
      );
      const { transport, untilEvent, close } = await opened({
        address: LOCALHOST,
        port: socket.address().port,
      });
      transport.sendto("there and");
      await untilEvent("got there and back");
      await close();
      socket.close();
      await once(socket, "close");
    }),
  );

  async function opened(remoteAddr: { address: string; port: number } | null = null) {
    const endpoint = await open({ localAddr: ANYWHERE, remoteAddr });
    return {
      transport: endpoint.transport,
      untilEvent: (event: string) => endpoint.untilEvent(event),
      close: () => endpoint.close(),
    };
  }
});
