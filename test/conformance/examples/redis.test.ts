import assert from "node:assert/strict";
import net from "node:net";
import { describe, it } from "node:test";
import { command } from "../../../scripts/lib/command.ts";
import { startExample } from "./start.ts";

/** A client that sends bytes as they are, and reads so many. */
class Client {
  readonly socket: net.Socket;
  #received = "";
  #onData: () => void = () => undefined;

  constructor(port: number) {
    this.socket = net.connect(port, "127.0.0.1").setEncoding("latin1");
    this.socket.on("data", (text: string) => {
      this.#received += text;
      this.#onData();
    });
  }

  async ask(request: string, reply: string): Promise<void> {
    this.socket.write(request);
    await this.expect(reply);
  }

  async expect(reply: string): Promise<void> {
    while (this.#received.length < reply.length)
      await new Promise<void>((resolve) => {
        this.#onData = resolve;
      });
    assert.equal(this.#received, reply);
    this.#received = "";
  }
}

async function withServer(body: (client: Client, port: number) => Promise<void>): Promise<void> {
  const example = startExample("redis/main.ts", ["0"]);
  const port = await example.port();
  const client = new Client(port);
  try {
    await body(client, port);
  } finally {
    client.socket.destroy();
    example.interrupt();
  }
  const { code, stderr } = await example.ended;
  assert.deepEqual([code, stderr], [0, ""]);
}

describe("the Redis server", () => {
  it("answers commands that come in pieces, several at once, and typed by hand", () =>
    withServer(async (client) => {
      await client.ask("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhe", "");
      await client.ask(
        "llo\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nGET nothing\r\n",
        "+OK\r\n$5\r\nhello\r\n$-1\r\n",
      );
      await client.ask("INCR n\r\nINCR n\r\nDECRBY n 5\r\n", ":1\r\n:2\r\n:-3\r\n");
      await client.ask("RPUSH l a b c\r\nLRANGE l 0 -1\r\n", ":3\r\n*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n");
    }));

  it("tells what is wrong, and goes on, but not with who speaks another protocol", () =>
    withServer(async (client) => {
      await client.ask("NONSENSE\r\n", "-ERR unknown command 'NONSENSE'\r\n");
      await client.ask("GET\r\n", "-ERR wrong number of arguments for 'get' command\r\n");
      const wrongKind = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
      await client.ask("RPUSH l a\r\nGET l\r\n", `:1\r\n${wrongKind}`);
      await client.ask("*1\r\nfoo\r\n", "-ERR Protocol error: expected '$', got 'f'\r\n");
      await new Promise((resolve) => client.socket.once("end", resolve));
    }));

  it("lets a client wait for an element, and holds back what it sends meanwhile", () =>
    withServer(async (client, port) => {
      const other = new Client(port);
      client.socket.write("BLPOP q 0\r\nPING\r\n");
      await other.ask("RPUSH q x\r\n", ":1\r\n");
      await client.expect("*2\r\n$1\r\nq\r\n$1\r\nx\r\n+PONG\r\n");
      await client.ask("BLPOP q 0.01\r\n", "*-1\r\n");
      other.socket.write("BLPOP q 0\r\n");
      other.socket.destroy(); // what it waited for belongs to the next one
      await client.ask("PING\r\n", "+PONG\r\n");
      await client.ask("RPUSH q y\r\nLPOP q\r\n", ":1\r\n$1\r\ny\r\n");
    }));

  it("forgets keys when their time is over", () =>
    withServer(async (client) => {
      await client.ask("SET k v PX 20\r\nEXISTS k\r\nTTL nothing\r\n", "+OK\r\n:1\r\n:-2\r\n");
      await new Promise((resolve) => setTimeout(resolve, 40));
      await client.ask("EXISTS k\r\n", ":0\r\n");
    }));

  it("is driven by redis-benchmark", async (t) => {
    const version = await command("redis-benchmark", ["--version"]).catch(() => null);
    if (!version?.ok) {
      t.skip("redis-benchmark is not installed (Debian's package is redis-tools)");
      return;
    }
    await withServer(async (_client, port) => {
      const args = ["-p", String(port), "-n", "200", "-c", "10", "-P", "4", "--csv"];
      const { ok, stdout, output } = await command("redis-benchmark", [
        ...args,
        "-t",
        "ping,set,get,incr,lpush,rpush,lpop,sadd,hset,spop,lrange_100,mset",
      ]);
      assert.equal(ok, true, output);
      assert.match(stdout, /"SET","\d+/);
      assert.match(stdout, /"MSET \(10 keys\)","\d+/);
    });
  });
});
