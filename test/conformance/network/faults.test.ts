import assert from "node:assert/strict";
import { once } from "node:events";
import { getRunningLoop, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { freePort, ignore, withPeer, withSocket } from "./peers.ts";
import { connectTo, Recorder, withServer } from "./recording.ts";

const MEGABYTES = 20_000_000; // more than the system takes

describeOnLoops("a connection that is reset", { needs: ["sockets"] }, ({ it, run }) => {
  it("before the server has accepted it, ends at once or never begins [TR-16 PR-01]", () =>
    run(async () => {
      const accepted: Recorder[] = [];
      const factory = () => {
        const recorder = new Recorder();
        accepted.push(recorder);
        return recorder;
      };
      await withServer(factory, async (port) => {
        await withSocket(port, async (socket) => void socket.resetAndDestroy());
        const next = await connectTo(port, new Recorder());
        await next.until(() => accepted.some(({ events }) => events.length > 0));
        next.transport.close();
        await next.untilLost();
        for (const recorder of accepted) await recorder.untilLost();
        assert.deepEqual(
          accepted.map(({ events }) => events[0]),
          accepted.map(() => "made"),
        );
      });
    }));

  it("is still known by its peer's name, when it is lost and when others have come [TR-02]", () =>
    run(async () => {
      const made: Recorder[] = [];
      const names: unknown[] = [];
      const nameOf = ({ transport }: Recorder): unknown => transport.getExtraInfo("peername");
      const factory = () => {
        const recorder = new Recorder({
          dataReceived: ({ transport }, data) => transport.write(data),
          connectionLost: (self) => void names.push(nameOf(self)),
        });
        made.push(recorder);
        return recorder;
      };
      await withServer(factory, async (port) => {
        const expected = await withSocket(port, async (socket) => {
          const name = { address: "127.0.0.1", port: socket.localPort, family: "IPv4" };
          socket.write("x");
          await once(socket, "data");
          socket.resetAndDestroy();
          return name;
        });
        await made[0]?.untilLost();
        const next = await connectTo(port, new Recorder());
        next.transport.write("x");
        await next.untilText("x");
        assert.deepEqual([...names, ...made.slice(0, 1).map(nameOf)], [expected, expected]);
        assert.deepEqual(made.slice(1).map(nameOf), [next.transport.getExtraInfo("sockname")]);
        next.transport.close();
        await next.untilLost();
      });
    }));

  it("before any data tells why [TR-16]", () =>
    run(() =>
      withPeer(ignore, async (peer) => {
        const client = await connectTo(peer.port, new Recorder());
        (await peer.first()).resetAndDestroy();
        await client.untilLost();
        assert.deepEqual(client.events, ["made", "lost ECONNRESET"]);
        assert.equal(client.transport.isClosing(), true);
      }),
    ));

  it("gives connectionLost an error as Node makes them [TR-16]", () =>
    run(() =>
      withPeer(ignore, async (peer) => {
        const errors: unknown[] = [];
        const client = await connectTo(
          peer.port,
          new Recorder({ connectionLost: (_self, error) => void errors.push(error) }),
        );
        (await peer.first()).resetAndDestroy();
        await client.untilLost();
        const [error] = errors;
        assert.equal(error instanceof Error && "syscall" in error && "errno" in error, true);
      }),
    ));

  it("in the middle of a large write is no crash, and drops the rest [TR-16 TR-08]", () =>
    run(() =>
      withPeer(
        (socket) => socket.pause(),
        async (peer) => {
          const client = await connectTo(peer.port, new Recorder());
          client.transport.write(Buffer.alloc(MEGABYTES));
          (await peer.first()).resetAndDestroy();
          await client.untilLost();
          assert.match(client.events.join(), /^made,pause,lost (ECONNRESET|EPIPE)$/);
          assert.equal(client.transport.getWriteBufferSize(), 0);
        },
      ),
    ));

  it("while close() still sends, tells that not all has arrived [TR-16 TR-01]", () =>
    run(() =>
      withPeer(
        (socket) => socket.pause(),
        async (peer) => {
          const client = await connectTo(peer.port, new Recorder());
          client.transport.write(Buffer.alloc(MEGABYTES));
          client.transport.close();
          (await peer.first()).resetAndDestroy();
          await client.untilLost();
          assert.match(client.events.join(), /^made,pause,lost (ECONNRESET|EPIPE)$/);
        },
      ),
    ));

  it("after half of it was closed tells why too [TR-16 TR-06]", () =>
    run(() =>
      withPeer(
        (socket) => socket.resume(),
        async (peer) => {
          const client = await connectTo(peer.port, new Recorder());
          client.transport.writeEof();
          const socket = await peer.first();
          if (!socket.readableEnded) await new Promise((resolve) => socket.once("end", resolve));
          socket.resetAndDestroy();
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "lost ECONNRESET"]);
        },
      ),
    ));

  it("delivers what came before, even if the loop is busy [TR-16 PR-02]", () =>
    run(() =>
      withPeer(ignore, async (peer) => {
        const client = await connectTo(peer.port, new Recorder());
        let busy = true;
        const loop = getRunningLoop();
        const again = (): void => void (busy && loop.callSoon(again));
        again();
        const socket = await peer.first();
        socket.write("before");
        await client.untilText("before");
        socket.resetAndDestroy();
        await client.untilLost();
        busy = false;
        assert.deepEqual(client.events, ["made", "data before", "lost ECONNRESET"]);
      }),
    ));

  it("while reading is paused is noticed when reading goes on, or when writing fails [TR-16 TR-03]", () =>
    run(() =>
      withPeer(ignore, async (peer) => {
        const client = await connectTo(peer.port, new Recorder());
        client.transport.pauseReading();
        (await peer.first()).resetAndDestroy();
        await sleep(5);
        client.transport.resumeReading();
        await client.untilLost();
        assert.deepEqual(client.events, ["made", "lost ECONNRESET"]);
      }),
    ));

  it("does not trouble a server's other connections [TR-16]", () =>
    run(() =>
      withServer(
        () => new Recorder({ dataReceived: ({ transport }, data) => transport.write(data) }),
        async (port) => {
          const other = await connectTo(port, new Recorder());
          for (let count = 0; count < 20; count++)
            await withSocket(port, async (socket) => void socket.resetAndDestroy());
          other.transport.write("still here");
          await other.untilText("still here");
          other.transport.close();
          await other.untilLost();
        },
      ),
    ));
});

describeOnLoops("a peer", ({ it, run }) => {
  it("that sends one byte at a time is understood [PR-02]", { needs: ["sockets"] }, () =>
    run(async () => {
      const server = new Recorder();
      await withServer(
        () => server,
        (port) =>
          withSocket(port, async (socket) => {
            socket.setNoDelay(true);
            for (const byte of "byte by byte") {
              socket.write(byte);
              await new Promise(setImmediate);
            }
            await server.untilText("byte by byte");
          }),
      );
    }),
  );

  it("that is not there refuses, with the system's error [CONN-11]", () =>
    run(async () => {
      const port = await freePort();
      const refused = getRunningLoop().createConnection(() => new Recorder(), "127.0.0.1", port);
      await assert.rejects(refused, {
        code: "ECONNREFUSED",
        syscall: "connect",
        address: "127.0.0.1",
        port,
        message: `connect ECONNREFUSED 127.0.0.1:${port}`,
      });
    }));

  it("that cannot be reached gives the system's error [CONN-11]", () =>
    run(async () => {
      const unreachable = getRunningLoop().createConnection(() => new Recorder(), "255.255.255.255", 9);
      await assert.rejects(unreachable, { syscall: "connect", address: "255.255.255.255", port: 9 });
    }));
});
