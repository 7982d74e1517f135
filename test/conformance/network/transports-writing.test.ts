import assert from "node:assert/strict";
import { getRunningLoop, type Transport } from "gyre";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { readAll, withPeer } from "./peers.ts";
import { connectTo, Recorder, withPair } from "./recording.ts";

const EOF_WRITTEN = { name: "RuntimeError", code: "GYRE_EOF_WRITTEN" };
const WRONG_TYPE = { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" };

/** As a program without types would call it. */
const writeAnything = (transport: Transport, data: unknown): void => transport.write(data as string);

describeOnLoops("write()", ({ it, run }) => {
  it("takes bytes, and strings as UTF-8 [TR-04]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        client.transport.write("é");
        client.transport.write(Buffer.from("buffer "));
        client.transport.write(new Uint8Array([65, 66]).subarray(1));
        await server.untilText("ébuffer B");
      }),
    ));

  it("sends small data at once, so that nothing is buffered [TR-04 TR-08]", () =>
    run(() =>
      withPair(({ client }) => {
        client.transport.write("small");
        assert.equal(client.transport.getWriteBufferSize(), 0);
      }),
    ));

  it("ignores what is empty [TR-04]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        client.transport.write("");
        client.transport.write(Buffer.alloc(0));
        client.transport.writelines([]);
        client.transport.writelines(["", Buffer.alloc(0)]);
        client.transport.close();
        await server.untilLost();
        assert.deepEqual(server.events, ["made", "eof", "lost null"]);
      }),
    ));

  it("refuses anything else at once [TR-04]", () =>
    run(() =>
      withPair(({ client }) => {
        for (const wrong of [
          5,
          null,
          undefined,
          {},
          [1, 2],
          new ArrayBuffer(2),
          new DataView(new ArrayBuffer(2)),
        ])
          assert.throws(() => writeAnything(client.transport, wrong), WRONG_TYPE);
        assert.throws(() => client.transport.writelines(["a", 5 as unknown as string]), WRONG_TYPE);
        client.transport.close();
        assert.throws(() => writeAnything(client.transport, 5), WRONG_TYPE);
      }),
    ));

  it("is refused after writeEof(), even of nothing, and even when the connection is lost [TR-04 TR-06]", () =>
    run(() =>
      withPair(async ({ client }) => {
        client.transport.writeEof();
        assert.throws(() => client.transport.write("more"), EOF_WRITTEN);
        assert.throws(() => client.transport.write(""), EOF_WRITTEN);
        assert.throws(() => client.transport.writelines(["more"]), EOF_WRITTEN);
        assert.throws(() => client.transport.writelines([]), EOF_WRITTEN);
        client.transport.abort();
        assert.throws(() => client.transport.write("more"), EOF_WRITTEN);
        await client.untilLost();
      }),
    ));

  it("works in connectionMade [TR-04]", () =>
    run(() =>
      withPair(
        async ({ client, server }) => {
          await server.untilText("hello from the client");
          await client.untilText("hello from the server");
        },
        {
          client: { connectionMade: ({ transport }) => transport.write("hello from the client") },
          server: { connectionMade: ({ transport }) => transport.write("hello from the server") },
        },
      ),
    ));

  it("warns from the fifth write on after the connection was lost [TR-04]", () => {
    expectTrouble("warning", /LostConnectionWarning: .*goes on writing to a connection that is lost/);
    return run(() =>
      withPair(async ({ client }) => {
        const warnings: Error[] = [];
        const onWarning = (warning: Error): void => void warnings.push(warning);
        process.on("warning", onWarning);
        client.transport.abort();
        for (let count = 0; count < 4; count++) client.transport.write("nobody hears this");
        await client.untilLost();
        assert.equal(warnings.length, 0);
        client.transport.write("fifth");
        client.transport.writelines(["sixth"]);
        await new Promise(setImmediate);
        process.off("warning", onWarning);
        assert.deepEqual(
          warnings.map((warning) => "code" in warning && warning.code),
          ["GYRE_TRANSPORT_CLOSED", "GYRE_TRANSPORT_CLOSED"],
        );
      }),
    );
  });

  it("echoes a conversation of many small messages in order [TR-04 TR-13]", () =>
    run(() =>
      withPair(
        async ({ client }) => {
          for (let index = 0; index < 200; index++) {
            client.transport.write(`${index},`);
            await client.until(() => client.text.endsWith(`${index},`));
          }
          assert.equal(client.text.split(",").length, 201);
        },
        { server: { dataReceived: ({ transport }, data) => transport.write(data) } },
      ),
    ));
});

describeOnLoops("writelines()", ({ it, run }) => {
  it("sends pieces of both kinds as one, from any iterable [TR-05]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        client.transport.writelines(["a", Buffer.from("b"), "", new Set(["c"]).values().next().value ?? ""]);
        client.transport.writelines(new Set(["d", "e"]));
        await server.untilText("abcde");
      }),
    ));

  it("sends a hundred thousand pieces [TR-05]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => socket.pause(),
        async (peer) => {
          const client = await connectTo(peer.port, new Recorder());
          const pieces = Array.from({ length: 100_000 }, (_, index) => `${index}\n`);
          client.transport.writelines(pieces);
          client.transport.close();
          assert.equal(await readAll(await peer.first()), pieces.join(""));
          await client.untilLost();
        },
      ),
    ),
  );

  it("pauses the protocol as write() does [TR-05 TR-09]", { needs: ["sockets"] }, () =>
    run(() =>
      withPeer(
        (socket) => socket.pause(),
        async (peer) => {
          const client = await connectTo(peer.port, new Recorder());
          client.transport.writelines(Array.from({ length: 100 }, () => Buffer.alloc(200_000)));
          assert.deepEqual(client.events, ["made", "pause"]);
          assert.equal(client.transport.getWriteBufferSize() > 65_536, true);
          client.transport.abort();
          await client.untilLost();
        },
      ),
    ),
  );

  it("is counted after the loss of the connection, and does nothing [TR-05]", () =>
    run(() =>
      withPair(async ({ client }) => {
        client.transport.abort();
        client.transport.writelines(["a", "b"]);
        assert.equal(client.transport.getWriteBufferSize(), 0);
        await client.untilLost();
      }),
    ));
});

describeOnLoops("what a transport tells", ({ it, run }) => {
  it("is the addresses and the socket [TR-02 TR-13]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        const here = client.transport.getExtraInfo("sockname");
        const there = client.transport.getExtraInfo("peername");
        assert.deepEqual(server.transport.getExtraInfo("peername"), here);
        assert.deepEqual(server.transport.getExtraInfo("sockname"), there);
        const socket = client.transport.getExtraInfo("socket");
        assert.equal(socket?.family, "IPv4");
        assert.deepEqual([socket?.getsockname(), socket?.getpeername()], [here, there]);
        client.transport.close();
        await client.untilLost();
        assert.deepEqual(client.transport.getExtraInfo("peername"), there);
      }),
    ));

  it("is null, or the fallback, for what it does not know [TR-02]", () =>
    run(() =>
      withPair(({ client }) => {
        assert.equal(client.transport.getExtraInfo("cipher"), null);
        assert.equal(client.transport.getExtraInfo("weather"), null);
        assert.equal(client.transport.getExtraInfo("weather", "fine"), "fine");
        assert.equal(client.transport.getExtraInfo("toString", "fine"), "fine");
      }),
    ));

  it("is its state, in words and in numbers [TR-01 TR-08 TR-12]", () =>
    run(() =>
      withPair(async ({ client, server }) => {
        assert.match(String(client.transport), /^<Transport socket open reading=true writeBuffer=0>$/);
        client.transport.write("12345");
        await server.untilText("12345");
        client.transport.close();
        assert.match(String(client.transport), /closed/);
        await client.untilLost();
        assert.equal(typeof getRunningLoop().createConnection, "function");
      }),
    ));
});
