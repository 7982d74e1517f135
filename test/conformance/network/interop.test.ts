import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { it as itOnce } from "node:test";
import { type Protocol, type Transport } from "gyre";
import { findPython, NO_PYTHON } from "../../../scripts/lib/python.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { connectTo, Recorder, withServer } from "./recording.ts";

const python = await findPython();
const withoutPython = python === undefined ? NO_PYTHON : false;

const missing = (program: string): string | false =>
  spawnSync(program, ["--help"]).error === undefined ? false : `${program} is not installed`;

/** Several programs are called nc; the one of OpenBSD can end its direction. */
function missingNc(): string | false {
  const { stdout, stderr } = spawnSync("nc", ["-h"], { encoding: "utf8" });
  return /^\s*-\w*N/m.test(`${stdout}${stderr}`) ? false : "OpenBSD's nc is not installed";
}

const ECHO = { dataReceived: ({ transport }: Recorder, data: Buffer): void => transport.write(data) };

/** Runs a program to its end, and gives what it printed. */
async function output(program: string, args: readonly string[], input = ""): Promise<string> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(input);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => void (text += chunk));
  await once(child, "close");
  return text;
}

/** The first line that a program prints. */
async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout ?? child, "data")) as [Buffer];
  return chunk.toString().trim();
}

const PYTHON_CLIENT = `
import asyncio, sys

class Client(asyncio.Protocol):
    def __init__(self):
        self.lost = asyncio.get_running_loop().create_future()
        self.count = 0
        self.events = []
    def connection_made(self, transport):
        self.events.append("made")
        for _ in range(100):
            transport.write(b"x" * 10_000)
        transport.write_eof()
    def data_received(self, data):
        self.count += len(data)
    def eof_received(self):
        self.events.append("eof")
    def connection_lost(self, error):
        self.events.append(f"lost {error}")
        self.lost.set_result(None)

async def main():
    _, client = await asyncio.get_running_loop().create_connection(Client, "127.0.0.1", int(sys.argv[1]))
    await client.lost
    print(client.count, *client.events)

asyncio.run(main())
`;

const PYTHON_SERVER = `
import asyncio

class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        self.transport.write(data)
        if data.endswith(b"."):
            done.set()
            self.transport.close()

async def main():
    global done
    done = asyncio.Event()
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await done.wait()
    server.close()
    await server.wait_closed()

asyncio.run(main())
`;

/** Just enough of HTTP/1.1 to keep connections alive, and to answer in chunks. */
class TinyHttp implements Protocol {
  #transport: Transport | null = null;
  #pending = "";

  connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  dataReceived(data: Buffer): void {
    const requests = (this.#pending + data.toString("latin1")).split("\r\n\r\n");
    this.#pending = requests.pop() ?? "";
    for (const request of requests) this.#answer(request.split(" ")[1] ?? "/");
  }

  #answer(path: string): void {
    if (path === "/chunked") {
      this.#transport?.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (const part of ["one ", "two ", "three"])
        this.#transport?.writelines([part.length.toString(16), "\r\n", part, "\r\n"]);
      this.#transport?.write("0\r\n\r\n");
    } else {
      const body = path === "/big" ? "b".repeat(1_000_000) : `you asked for ${path}`;
      this.#transport?.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    }
  }
}

describeOnLoops("together with other programs", { needs: ["sockets"] }, ({ name, run }) => {
  itOnce(
    `a client in Python talks to a server of the ${name} loop [PR-02 TR-04 TR-06]`,
    { skip: withoutPython },
    () =>
      run(async () => {
        const server = new Recorder({ ...ECHO, eofReceived: ({ transport }) => transport.close() });
        await withServer(
          () => server,
          async (port) => {
            const text = await output(python ?? "", ["-c", PYTHON_CLIENT, String(port)]);
            assert.equal(text.trim(), "1000000 made eof lost None");
            await server.untilLost();
            assert.equal(server.receivedLength, 1_000_000);
          },
        );
      }),
  );

  itOnce(
    `a client of the ${name} loop talks to a server in Python [PR-02 TR-04]`,
    { skip: withoutPython },
    () =>
      run(async () => {
        const child = spawn(python ?? "", ["-c", PYTHON_SERVER], { stdio: ["ignore", "pipe", "inherit"] });
        const closed = once(child, "close");
        const client = await connectTo(Number(await firstLine(child)), new Recorder());
        client.transport.write("hello from the other side");
        await client.untilText("hello from the other side");
        client.transport.write(".");
        await client.untilLost();
        assert.deepEqual(client.events, ["made", "data hello from the other side.", "eof", "lost null"]);
        await closed;
      }),
  );

  itOnce(`curl keeps a connection to the ${name} loop alive [PR-02 TR-04]`, { skip: missing("curl") }, () =>
    run(async () => {
      let connections = 0;
      const factory = () => {
        connections++;
        return new TinyHttp();
      };
      await withServer(factory, async (port) => {
        const urls = ["/first", "/second", "/chunked"].map((path) => `http://127.0.0.1:${port}${path}`);
        const text = await output("curl", ["--silent", "--noproxy", "*", "--no-progress-meter", ...urls]);
        assert.equal(text, "you asked for /firstyou asked for /secondone two three");
        assert.equal(connections, 1);
        const big = await output("curl", ["--silent", "--noproxy", "*", `http://127.0.0.1:${port}/big`]);
        assert.equal(big, "b".repeat(1_000_000));
      });
    }),
  );

  itOnce(`nc sends a file to the ${name} loop [PR-02 TR-06]`, { skip: missingNc() }, () =>
    run(async () => {
      const server = new Recorder();
      await withServer(
        () => server,
        async (port) => {
          await output("nc", ["-N", "127.0.0.1", String(port)], "from nc\n");
          await server.untilLost();
          assert.deepEqual(server.events, ["made", "data from nc\n", "eof", "lost null"]);
        },
      );
    }),
  );

  itOnce(`socat echoes through the ${name} loop [PR-02 TR-06]`, { skip: missing("socat") }, () =>
    run(() =>
      withServer(
        () => new Recorder(ECHO),
        async (port) => {
          assert.equal(
            await output("socat", ["-", `TCP:127.0.0.1:${port}`], "there and back"),
            "there and back",
          );
        },
      ),
    ),
  );
});
