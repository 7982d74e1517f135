/** Datagram endpoints and those of CPython. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describeOnLoops } from "../../support/loops.ts";
import { needing } from "../../support/tools.ts";
import { ANYWHERE, LOCALHOST, open } from "./datagrams-support.ts";

const SERVER = `
import asyncio, sys
class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
        print(transport.get_extra_info("sockname")[1], flush=True)
    def datagram_received(self, data, address):
        self.transport.sendto(b"<" + data + b">", address)
async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    await loop.run_in_executor(None, sys.stdin.read)
asyncio.run(main())
`;
const CLIENT = `
import asyncio, sys
async def main():
    loop = asyncio.get_running_loop()
    answers = asyncio.Queue()
    class Client(asyncio.DatagramProtocol):
        def datagram_received(self, data, address):
            answers.put_nowait(data.decode())
    remote = ("127.0.0.1", int(sys.argv[1]))
    transport, _ = await loop.create_datagram_endpoint(Client, remote_addr=remote)
    for text in ("one", "two", "three"):
        transport.sendto(text.encode())
        print(repr(await answers.get()), flush=True)
    transport.close()
asyncio.run(main())
`;

function python(source: string, ...args: string[]): ChildProcess {
  return spawn("python3", ["-c", source, ...args], { stdio: ["pipe", "pipe", "inherit"] });
}

async function* linesOf({ stdout }: ChildProcess): AsyncGenerator<string> {
  assert.ok(stdout !== null);
  yield* createInterface({ input: stdout });
}

describeOnLoops("datagrams from and to CPython", { needs: ["sockets"] }, ({ it, run }) => {
  const withPython = needing("python3", it);

  withPython("are answered by its server [DG-01 DG-07]", () =>
    run(async () => {
      const server = python(SERVER);
      const ended = once(server, "close");
      const { value: port } = await linesOf(server).next();
      const client = await open({ remoteAddr: { address: LOCALHOST, port } });
      for (const text of ["one", "", "three"]) client.transport.sendto(text);
      await client.untilTexts(3);
      assert.deepEqual(client.texts, ["<one>", "<>", "<three>"]);
      await client.close();
      server.stdin?.end();
      await ended;
    }),
  );

  withPython("are answered to its client [DG-01 DG-07]", () =>
    run(async () => {
      const server = await open(
        { localAddr: ANYWHERE },
        {
          datagramReceived: ({ transport }, data, address) =>
            transport.sendto(`${data.toString()}!`, address),
        },
      );
      const client = python(CLIENT, String(server.address.port));
      const ended = once(client, "close");
      const lines = [];
      for await (const line of linesOf(client)) lines.push(line);
      assert.deepEqual(lines, ["'one!'", "'two!'", "'three!'"]);
      await ended;
      client.stdin?.destroy();
      await server.close();
    }),
  );
});
