import assert from "node:assert/strict";
import { createTask, getRunningLoop, sleep } from "gyre";
import { AF_UNIX, Socket, SOCK_DGRAM, socketpair } from "gyre/socket";
import { describeWithSockets } from "../../support/descriptors.ts";
import { datagramSocket } from "./support.ts";

describeWithSockets("operations on datagram sockets", ({ it, run }) => {
  it("receive a datagram with its sender's address [SOCK-04 SOCK-07]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, leftAddress] = datagramSocket();
      const [right, rightAddress] = datagramSocket();
      const waiting = createTask(() => loop.sockRecvfrom(left, 100));
      await sleep(1);
      assert.equal(await loop.sockSendto(right, "hello", leftAddress), 5);
      assert.deepEqual(await waiting, [Buffer.from("hello"), rightAddress]);
      await loop.sockSendto(right, "", leftAddress);
      assert.deepEqual(await loop.sockRecvfrom(left, 100), [Buffer.alloc(0), rightAddress]);
      left.close();
      right.close();
    }));

  it("cut off what is too long [SOCK-04]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, address] = datagramSocket();
      const [right] = datagramSocket();
      right.sendto("abcdef", address);
      right.sendto("next", address);
      assert.equal(String((await loop.sockRecvfrom(left, 3))[0]), "abc");
      assert.equal(String((await loop.sockRecvfrom(left, 100))[0]), "next");
      left.close();
      right.close();
    }));

  it("receive into memory of the caller, all of it or a part [SOCK-05]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, address] = datagramSocket();
      const [right, from] = datagramSocket();
      const memory = new Uint8Array(5);
      for (let count = 0; count < 2; count++) right.sendto("abcdef", address);
      assert.deepEqual(await loop.sockRecvfromInto(left, memory), [5, from]);
      assert.equal(String(Buffer.from(memory)), "abcde");
      memory.fill(0);
      assert.deepEqual(await loop.sockRecvfromInto(left, memory, 2), [2, from]);
      assert.deepEqual([...memory], [97, 98, 0, 0, 0]);
      await assert.rejects(loop.sockRecvfromInto(left, memory, 6), { code: "GYRE_OUT_OF_RANGE" });
      left.close();
      right.close();
    }));

  it("refuse names, and addresses of another family [SOCK-07]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left] = datagramSocket();
      for (const address of [
        { address: "localhost", port: 1 },
        { address: "::1", port: 1 },
        { address: "127.0.0.1", port: 65_536 },
        { address: "127.0.0.1", port: 1, family: 6 as const },
      ]) {
        await assert.rejects(loop.sockSendto(left, "x", address), { code: "GYRE_OUT_OF_RANGE" });
      }
      assert.throws(() => loop.sockSendto(left, 5 as unknown as string, ""), {
        code: "GYRE_INVALID_ARGUMENT",
      });
      left.close();
    }));

  it("tell that a datagram is too large [SOCK-07]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, address] = datagramSocket();
      await assert.rejects(loop.sockSendto(left, Buffer.alloc(70_000), address), { code: "EMSGSIZE" });
      left.close();
    }));

  it("tell no address where the sender has none [SOCK-04]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, right] = socketpair(AF_UNIX, SOCK_DGRAM);
      right.send("x");
      assert.deepEqual(await loop.sockRecvfrom(left, 10), [Buffer.from("x"), null]);
      left.close();
      right.close();
    }));

  it("wait until the receiver's queue has room [SOCK-07]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const name = `\0gyre-datagrams-${process.pid}`;
      const receiver = new Socket(AF_UNIX, SOCK_DGRAM);
      receiver.bind(name);
      const sender = new Socket(AF_UNIX, SOCK_DGRAM);
      const fill = (): void => {
        for (;;) sender.sendto("x", name);
      };
      assert.throws(fill, { code: "EAGAIN" });
      const sending = createTask(() => loop.sockSendto(sender, "last", name));
      await sleep(1);
      assert.equal(sending.done(), false);
      let got = "";
      while (got !== "last") got = String((await loop.sockRecvfrom(receiver, 10))[0]);
      assert.equal(await sending, 4);
      sender.close();
      receiver.close();
    }));

  it("connect without waiting [SOCK-08 SOCK-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const [left, leftAddress] = datagramSocket();
      const [right, rightAddress] = datagramSocket();
      await loop.sockConnect(left, rightAddress);
      await loop.sockConnect(right, leftAddress);
      await loop.sockSendall(left, "connected");
      assert.equal(String(await loop.sockRecv(right, 100)), "connected");
      left.close();
      right.close();
    }));
});
