import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { describe, it } from "node:test";
import { startExample } from "./start.ts";

const LINUX_ONLY = process.platform !== "linux" && "only Linux ignores who finds a full queue";

async function listen(): Promise<[Server, number]> {
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(server, "listening");
  return [server, (server.address() as AddressInfo).port];
}

/** A server that is stuck, with a full queue: whoever connects gets no answer. */
class SilentServer implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #clients: readonly Socket[];
  readonly port: number;

  static async start(): Promise<SilentServer> {
    const program = `const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      require("node:fs").writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    })`;
    const child = spawn("node", ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    return new SilentServer(child, Number(String(port)));
  }

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.port = port;
    this.#clients = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
    this.#process.kill("SIGKILL");
    await once(this.#process, "close");
  }
}

describe("the port scanner", () => {
  it("finds open ports, with few workers as with many", async () => {
    const [server, port] = await listen();
    const range = `${Math.max(port - 50, 1)}-${Math.min(port + 50, 65_535)}`;
    for (const concurrency of ["1", "500"]) {
      const scan = startExample("ports.ts", ["127.0.0.1", range, "--concurrency", concurrency]);
      const { code, stdout, stderr } = await scan.ended;
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, new RegExp(`^${port}\\b`, "m"));
      assert.match(stdout, /^\d+ ports: \d+ open, \d+ refused, 0 silent$/m);
    }
    server.close();
  });

  it("gives up a port that does not answer, and stops at once on Ctrl-C", { skip: LINUX_ONLY }, async () => {
    await using silent = await SilentServer.start();
    const one = ["127.0.0.1", String(silent.port)];
    const scan = startExample("ports.ts", [...one, "--timeout", "50"]);
    assert.match((await scan.ended).stdout, /^1 ports: 0 open, 0 refused, 1 silent$/m);

    const endless = startExample("ports.ts", [...one, "--timeout", "60000"]);
    await endless.printed(/Scanning/);
    endless.interrupt();
    const { code, stdout, stderr } = await endless.ended;
    assert.deepEqual([code, stderr], [130, ""]);
    assert.match(stdout, /^0 ports: 0 open, 0 refused, 0 silent$/m);
  });

  it("refuses ports that do not exist", async () => {
    const { code, stderr } = await startExample("ports.ts", ["localhost", "0-70000"]).ended;
    assert.equal(code, 2);
    assert.match(stderr, /from 1 to 65535/);
  });
});
