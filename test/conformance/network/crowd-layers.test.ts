/** What stands upon connections, or reaches below them, while many have data at once. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createTask,
  gather,
  getRunningLoop,
  openConnection,
  startServer,
  type Task,
  type Transport,
} from "gyre";
import { fromfd } from "gyre/socket";
import { obstacle } from "../../support/descriptors.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { content, shout, untilLength, untilReceived, withCrowd } from "./crowd.ts";
import { Recorder } from "./recording.ts";
import { connectTls, SERVING, TRUSTING, withTlsServer } from "./tls-support.ts";

const MANY = 12;
const SIZES = [1, 100, 5000, 16_384, 40_000];

describeOnLoops("TLS on many connections that have data at once", ({ it, run }) => {
  it("carries all in order, and closes in order [TLS-05]", () =>
    run(async () => {
      const clients: Recorder[] = [];
      const echo = (): Recorder =>
        new Recorder({
          dataReceived: ({ transport }, data) => {
            transport.write(data.subarray(0, 1));
            transport.write(data.subarray(1));
          },
        });
      await withTlsServer(echo, async (port) => {
        for (let index = 0; index < MANY; index++) clients.push(await connectTls(port, new Recorder()));
        let length = 0;
        for (const [round, size] of SIZES.entries()) {
          for (const [index, { transport }] of clients.entries())
            transport.write(content(round + index, size));
          length += size;
          await untilLength(clients, length);
        }
        await untilReceived(clients, (index) => SIZES.map((size, round) => content(round + index, size)));
        for (const { transport } of clients) transport.close();
        for (const client of clients) await client.untilLost();
        for (const { events } of clients) assert.equal(events.at(-1), "lost null");
      });
    }));

  it("begins in the middle, right after a last plain word [TLS-02]", () => {
    const upgrades: Task<Transport>[] = [];
    return run(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          shout(crowd, () => "please");
          for (const client of crowd.clients) await client.untilText("yes");
          const loop = getRunningLoop();
          const secured = await gather(
            crowd.clients.map((client) =>
              loop.startTls(client.transport, client, TRUSTING, { serverHostname: "localhost" }),
            ),
          );
          const answering = await gather(upgrades);
          for (const [index, transport] of secured.entries()) transport.write(`secret ${index}`);
          for (const [index, client] of crowd.clients.entries())
            await client.untilText(`yesecho secret ${index}`);
          for (const transport of [...secured, ...answering]) transport.abort();
        },
        {
          server: () => ({
            dataReceived: ({ transport, text }) => {
              if (text !== "please") return;
              const echo = new Recorder({
                dataReceived: (self, data) => self.transport.write(`echo ${data.toString()}`),
              });
              transport.write("y");
              transport.write("es");
              transport.pauseReading();
              upgrades.push(
                createTask(async () => {
                  const upper = await getRunningLoop().startTls(transport, echo, SERVING, {
                    serverSide: true,
                  });
                  echo.connectionMade(upper);
                  return upper;
                }),
              );
            },
          }),
        },
      ),
    );
  });
});

describeOnLoops(
  "sendfile on many connections that have data at once",
  { needs: ["sockets"] },
  ({ it, run }) => {
    it("keeps its place between small writes [SF-01]", () =>
      run(async () => {
        const folder = mkdtempSync(join(tmpdir(), "gyre-crowd-"));
        const path = join(folder, "file");
        const bytes = content(3, 50_000);
        writeFileSync(path, bytes);
        const handle = await open(path);
        const sending: Task<unknown>[] = [];
        try {
          await withCrowd(
            MANY,
            async (crowd) => {
              shout(crowd, () => "go");
              await untilLength(crowd.clients, 7 + bytes.length + 6);
              await gather(sending);
              const parts = [Buffer.from("before "), bytes, Buffer.from(" after")];
              await untilReceived(crowd.clients, () => parts);
            },
            {
              server: () => ({
                dataReceived: ({ transport }) => {
                  transport.write("before ");
                  sending.push(
                    createTask(async () => {
                      await getRunningLoop().sendfile(transport, handle);
                      transport.write(" after");
                    }),
                  );
                },
              }),
            },
          );
        } finally {
          await handle.close();
          rmSync(folder, { recursive: true });
        }
      }));
  },
);

describeOnLoops(
  "the descriptor of one of many that have data at once",
  { needs: ["descriptors"] },
  ({ it, run }) => {
    const fdOf = (transport: Transport): number => {
      const socket = transport.getExtraInfo("socket");
      assert.ok(socket);
      return socket.fileno();
    };

    it("is of no use to sockSendall() [SOCK-01]", () =>
      run(async () => {
        if (obstacle !== null) return;
        const refused: Promise<unknown>[] = [];
        await withCrowd(
          MANY,
          async (crowd) => {
            shout(crowd, () => "go");
            for (const client of crowd.clients) await client.untilText("mine");
            for (const attempt of refused) await attempt;
            assert.equal(refused.length, MANY);
          },
          {
            server: () => ({
              dataReceived: ({ transport }) => {
                transport.write("mine");
                const double = { fileno: () => fdOf(transport) };
                refused.push(
                  assert.rejects(
                    async () => getRunningLoop().sockSendall(double as never, "not mine"),
                    (error: Error) => "code" in error,
                  ),
                );
              },
            }),
          },
        );
      }));

    it("sends after what was written, and before what is written then [TR-02 TR-04]", () =>
      run(async () => {
        if (obstacle !== null) return;
        await withCrowd(
          MANY,
          async (crowd) => {
            shout(crowd, () => "go");
            for (const client of crowd.clients) await client.untilText("first, second, third, fourth, fifth");
          },
          {
            server: () => ({
              dataReceived: ({ transport }) => {
                transport.write("first, ");
                const double = fromfd(fdOf(transport));
                double.send("second, ");
                transport.write("third, ");
                double.send("fourth, ");
                transport.write("fifth");
                double.close();
              },
            }),
          },
        );
      }));

    it("sends in order, where somebody has had it for long [TR-02 TR-04]", () =>
      run(async () => {
        if (obstacle !== null) return;
        const doubles = new Map<Recorder, ReturnType<typeof fromfd>>();
        await withCrowd(
          MANY,
          async (crowd) => {
            for (let round = 1; round <= 5; round++) {
              shout(crowd, () => "go");
              for (const client of crowd.clients) await client.untilText("ab cd".repeat(round));
            }
            for (const double of doubles.values()) double.close();
          },
          {
            server: () => ({
              connectionMade: (self) => void doubles.set(self, fromfd(fdOf(self.transport))),
              dataReceived: (self) => {
                const double = doubles.get(self);
                self.transport.write("ab");
                double?.send(" ");
                self.transport.write("c");
                double?.send("d");
              },
            }),
          },
        );
      }));
  },
);

describeOnLoops("streams on many connections that have data at once", ({ it, run }) => {
  it("send what was written without drain(), even if the handler ends then [STR-16 STR-18]", () =>
    run(async () => {
      const server = await startServer(
        async (reader, writer) => {
          const line = await reader.readline();
          writer.write("echo ");
          writer.write(line);
          writer.close();
        },
        "127.0.0.1",
        0,
      );
      const connections = [];
      for (let index = 0; index < MANY; index++)
        connections.push(await openConnection("127.0.0.1", server.port ?? 0));
      for (const [index, [, writer]] of connections.entries()) writer.write(`line ${index}\n`);
      for (const [index, [reader, writer]] of connections.entries()) {
        assert.equal(String(await reader.read()), `echo line ${index}\n`);
        writer.close();
        await writer.waitClosed();
      }
      server.close();
      await server.waitClosed();
    }));

  it("echo line after line, with and without drain() [STR-07 STR-17]", () =>
    run(async () => {
      const server = await startServer(
        async (reader, writer) => {
          let drain = false;
          for await (const line of reader) {
            writer.write(line);
            if ((drain = !drain)) await writer.drain();
          }
          writer.close();
        },
        "127.0.0.1",
        0,
      );
      const talk = async (index: number): Promise<void> => {
        const [reader, writer] = await openConnection("127.0.0.1", server.port ?? 0);
        for (let round = 0; round < 30; round++) {
          const text = `${index} ${"x".repeat((index * round * 37) % 3000)}\n`;
          writer.write(text);
          assert.equal(String(await reader.readline()), text);
        }
        writer.close();
        await writer.waitClosed();
      };
      await gather(Array.from({ length: MANY }, (_, index) => createTask(() => talk(index))));
      server.close();
      await server.waitClosed();
    }));
});
