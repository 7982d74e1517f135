import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { LineClient } from "./line-client.ts";
import { startExample } from "./start.ts";

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

/** JSON-RPC without any help. */
class RawClient extends LineClient {
  request(id: number, method: string, ...params: readonly unknown[]): void {
    this.send(request(id, method, params));
  }

  async reply<T = Reply>(): Promise<T> {
    return JSON.parse((await this.read()) ?? assert.fail("the server has hung up")) as T;
  }
}

function request(id: number, method: string, params: readonly unknown[]): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

async function serving(body: (client: RawClient, port: number) => Promise<void>): Promise<void> {
  const server = startExample("json-rpc/server.ts", ["0"]);
  const port = await server.port();
  const client = new RawClient(port);
  await body(client, port);
  await client.close();
  server.interrupt();
  const { code, stderr } = await server.ended;
  assert.deepEqual([code, stderr], [0, ""]);
}

describe("the JSON-RPC server", () => {
  it("answers each request when it is done, and not in order", () =>
    serving(async (client) => {
      client.request(1, "sleep", 100);
      client.request(2, "add", 1, 2, 3);
      assert.deepEqual(await client.reply(), { jsonrpc: "2.0", id: 2, result: 6 });
      assert.deepEqual(await client.reply(), { jsonrpc: "2.0", id: 1, result: "slept 100 ms" });
    }));

  it("cancels a request when it is told to, and no other", () =>
    serving(async (client) => {
      client.request(1, "sleep", 60_000);
      client.request(2, "sleep", 100);
      client.send('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}');
      const { id, error } = await client.reply();
      assert.deepEqual([id, error?.code], [1, -32_800]);
      assert.equal((await client.reply()).id, 2);
    }));

  it("takes lines and gives answers far longer than the limit of a reader", () =>
    serving(async (client) => {
      const text = "é".repeat(1_000_000);
      client.request(1, "echo", text);
      assert.deepEqual((await client.reply()).result, [text]);
    }));

  it("says what is wrong in JSON-RPC's way, and goes on", () =>
    serving(async (client) => {
      const wrong: readonly (readonly [line: string, id: number | null, code: number])[] = [
        ["{", null, -32_700],
        ['{"id":1}', null, -32_600],
        ["null", null, -32_600],
        ["[]", null, -32_600],
        [request(2, "constructor", []), 2, -32_601],
        [request(3, "add", ["one"]), 3, -32_602],
      ];
      for (const [line, id, code] of wrong) {
        client.send(line);
        const reply = await client.reply();
        assert.deepEqual([reply.id, reply.error?.code], [id, code], line);
      }
    }));

  it("answers a batch as one, and notifications not at all", () =>
    serving(async (client) => {
      const notification = '{"jsonrpc":"2.0","method":"echo"}';
      client.send(notification, `[${notification}]`);
      client.send(`[${request(1, "sleep", [20])},${notification},7,${request(2, "add", [1])}]`);
      const replies = await client.reply<Reply[]>();
      assert.deepEqual(
        replies.map(({ id, result, error }) => [id, result ?? error?.code]),
        [
          [1, "slept 20 ms"],
          [null, -32_600],
          [2, 1],
        ],
      );
    }));

  it("refuses more than it can do at a time", () =>
    serving(async (client) => {
      for (let id = 1; id <= 101; id++) client.request(id, "sleep", 60_000);
      const { id, error } = await client.reply();
      assert.deepEqual([id, error?.code], [101, -32_000]);
    }));

  it("reads no further while nobody reads its answers", () =>
    serving(async (client, port) => {
      const text = "x".repeat(1_000_000);
      const greedy = new RawClient(port);
      greedy.socket.pause();
      for (let id = 1; id <= 48; id++) greedy.request(id, "echo", text);
      for (let id = 1; id <= 50; id++) {
        client.request(id, "add", id);
        await client.reply();
      }
      assert.ok(greedy.socket.writableLength > 1_000_000, "the server keeps what nobody reads");
      greedy.socket.resume();
      for (let id = 1; id <= 48; id++) assert.deepEqual((await greedy.reply()).result, [text]);
      await greedy.close();
    }));

  it("serves standard input and output, and ends with the input when all is answered", async () => {
    const server = startExample("json-rpc/server.ts");
    server.child.stdin?.end(`${request(1, "sleep", [50])}\n${request(2, "add", [1])}`);
    const { code, stdout, stderr } = await server.ended;
    assert.deepEqual([code, stderr], [0, ""]);
    const replies = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Reply);
    assert.deepEqual(
      replies.map(({ id, result }) => [id, result]),
      [
        [2, 1],
        [1, "slept 50 ms"],
      ],
    );
  });
});

describe("the JSON-RPC client", () => {
  it("prints a result, also of a server that it has started", async () => {
    const { code, stdout, stderr } = await startExample("json-rpc/call.ts", ["add", "1", "2"]).ended;
    assert.deepEqual([code, stdout, stderr], [0, "3\n", ""]);
  });

  it("shows the error of the server", () =>
    serving(async (_client, port) => {
      const call = startExample("json-rpc/call.ts", ["--port", String(port), "add", "one"]);
      const { code, stdout, stderr } = await call.ended;
      assert.deepEqual([code, stdout], [1, ""]);
      assert.equal(stderr, "Error -32602: The parameters have to be numbers\n");
    }));

  it("has its request cancelled on Ctrl-C", async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const call = startExample("json-rpc/call.ts", ["--port", String(port), "sleep", "60000"]);
    const [socket] = (await once(server, "connection")) as [Socket];
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    const asked = JSON.parse((await lines.next()).value) as { readonly id: number };
    call.interrupt();
    assert.deepEqual(JSON.parse((await lines.next()).value), {
      jsonrpc: "2.0",
      method: "$/cancelRequest",
      params: { id: asked.id },
    });
    socket.end();
    server.close();
    const { code, stderr } = await call.ended;
    assert.deepEqual([code, stderr], [130, ""]);
  });

  it("says so when the server hangs up", async () => {
    const server = createServer((socket) => socket.resume().end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await startExample("json-rpc/call.ts", ["--port", String(port), "add"]).ended;
    server.close();
    assert.notEqual(code, 0);
    assert.match(stderr, /The server has hung up/);
  });
});
