import assert from "node:assert/strict";
import { Future, getRunningLoop, newEventLoop, type Transport } from "gyre";
import { fromfd, IPPROTO_TCP, SO_TYPE, SOCK_STREAM, SOL_SOCKET, TCP_NODELAY } from "gyre/socket";
import { describeWithSockets } from "../../support/descriptors.ts";

describeWithSockets("the socket of a transport", ({ it, name, run }) => {
  it("is there to be looked at, and not to be used [SOCK-11]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const server = await loop.createServer(() => ({}), "127.0.0.1", 0);
      const [listening] = server.sockets;
      const address = listening?.getsockname();
      assert.ok(typeof address === "object");
      const [transport] = await loop.createConnection(() => ({}), address.address, address.port);
      const socket = transport.getExtraInfo("socket");
      assert.ok(socket !== null);
      assert.deepEqual([socket.family, socket.type], ["IPv4", SOCK_STREAM]);
      assert.ok(socket.fileno() > 0);
      assert.deepEqual(socket.getsockname(), transport.getExtraInfo("sockname"));
      assert.deepEqual(socket.getpeername(), address);
      for (const method of ["send", "recv", "close", "accept"]) assert.ok(!(method in socket));
      transport.abort();
      server.close();
      await server.waitClosed();
      assert.equal(socket.fileno(), -1);
    }));

  it("has its options behind a second descriptor, and no delay at either end [SOCK-11 TR-13]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const accepted = new Future<Transport>();
      const connectionMade = (transport: Transport): void => accepted.setResult(transport);
      const server = await loop.createServer(() => ({ connectionMade }), "127.0.0.1", 0);
      const address = server.sockets[0]?.getsockname();
      assert.ok(typeof address === "object");
      const [transport] = await loop.createConnection(() => ({}), address.address, address.port);
      const ends = [transport, await accepted];
      for (const end of ends) {
        const double = fromfd(end.getExtraInfo("socket")?.fileno() ?? -1);
        const options = [double.getsockopt(SOL_SOCKET, SO_TYPE), double.getsockopt(IPPROTO_TCP, TCP_NODELAY)];
        double.close();
        assert.deepEqual(options, [SOCK_STREAM, 1]);
      }
      for (const end of ends) end.abort();
      server.close();
      await server.waitClosed();
    }));

  it("is one of a loop that is made by its name [SOCK-11 POL-11]", async () => {
    const loop = await newEventLoop(name);
    assert.equal(loop.statistics().driver, name);
    await loop.close();
  });
});
