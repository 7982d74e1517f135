import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { getRunningLoop } from "gyre";
import { certificateFile, identity } from "../../support/certificates.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { needing } from "../../support/tools.ts";
import { Recorder } from "./recording.ts";
import { connectTls, SERVING, TRUSTING, withTlsServer } from "./tls-support.ts";

const VERSIONS = ["tls1_2", "tls1_3"];
const LARGE = 2_000_000; // bytes

/** A program for as long as `body` takes. */
async function withProgram<T>(
  command: readonly [string, ...string[]],
  body: (program: ChildProcessWithoutNullStreams) => Promise<T>,
): Promise<T> {
  const [file, ...args] = command;
  const program = spawn(file, args);
  program.stderr.resume();
  program.stdin.on("error", () => undefined);
  const closed = once(program, "close");
  try {
    return await body(program);
  } finally {
    program.kill("SIGKILL");
    await closed;
  }
}

/** Everything that a program prints until it ends. */
async function outputOf(program: ChildProcessWithoutNullStreams): Promise<Buffer> {
  const chunks: Buffer[] = [];
  program.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(program.stdout, "end");
  return Buffer.concat(chunks);
}

function sClient(port: number, ...more: string[]): [string, ...string[]] {
  const checks = [
    "-verify_return_error",
    "-verify_hostname",
    "localhost",
    "-CAfile",
    certificateFile("authority"),
  ];
  return ["openssl", "s_client", "-quiet", ...checks, "-connect", `127.0.0.1:${port}`, ...more];
}

/** The port that a server says it listens on. */
async function portIn(program: ChildProcessWithoutNullStreams, line: RegExp): Promise<number> {
  for (let text = ""; ;) {
    const [chunk] = await once(program.stdout, "data");
    text += String(chunk);
    const port = line.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
}

const shouting = {
  dataReceived: (self: Recorder, data: Buffer) => {
    self.transport.write(data.toString().toUpperCase());
    if (self.text.endsWith("\n")) self.transport.close();
  },
};

describeOnLoops("TLS with OpenSSL", { needs: ["sockets"] }, ({ it: always, run }) => {
  const it = needing("openssl", always);

  for (const version of VERSIONS) {
    it("serves s_client, with TLS 1.2 and 1.3 [TLS-01 TLS-05]", () =>
      run(async () => {
        const server = new Recorder(shouting);
        await withTlsServer(
          () => server,
          (port) =>
            withProgram(sClient(port, `-${version}`), async (program) => {
              program.stdin.write("hello\n");
              assert.equal(String(await outputOf(program)), "HELLO\n");
              await server.untilLost();
              assert.equal(server.events[1], "data hello\n");
            }),
        );
      }));

    it("accepts a client's certificate, with TLS 1.2 and 1.3, and refuses a missing one [TLS-10 SRV-13]", () =>
      run(async () => {
        const recorders: Recorder[] = [];
        const factory = () => {
          const recorder = new Recorder(shouting);
          recorders.push(recorder);
          return recorder;
        };
        const ssl = { ...SERVING, ...TRUSTING, requestCert: true };
        await withTlsServer(
          factory,
          async (port) => {
            const pem = certificateFile("client");
            await withProgram(sClient(port, `-${version}`, "-cert", pem, "-key", pem), async (program) => {
              program.stdin.write("hello\n");
              assert.equal(String(await outputOf(program)), "HELLO\n");
            });
            await withProgram(sClient(port, `-${version}`), async (program) => {
              program.stdin.write("hello\n");
              assert.equal(String(await outputOf(program)), "");
            });
            assert.deepEqual(recorders[1]?.events, []);
            await recorders[0]?.untilLost();
          },
          { ssl },
        );
      }));

    it("connects to s_server, with TLS 1.2 and 1.3, and a certificate of its own [TLS-01 TLS-03]", () =>
      run(async () => {
        const pem = certificateFile("server");
        const command = ["-accept", "127.0.0.1:0", "-cert", pem, "-key", pem, `-${version}`, "-rev"];
        const asking = ["-Verify", "1", "-verify_return_error", "-CAfile", certificateFile("authority")];
        await withProgram(["openssl", "s_server", ...command, ...asking], async (program) => {
          const port = await portIn(program, /^ACCEPT .*:(\d+)$/m);
          const ssl = { ...TRUSTING, ...identity("client") };
          const client = await connectTls(port, new Recorder(), { ssl });
          client.transport.write("hello\n");
          await client.untilText("olleh\n");
          client.transport.close();
          await client.untilLost();
          assert.deepEqual(client.events, ["made", "data olleh\n", "lost null"]);
        });
      }));
  }
});

describeOnLoops("TLS with curl", { needs: ["sockets"] }, ({ it: always, run }) => {
  const it = needing("curl", always);

  it("answers requests as an HTTPS server would [TLS-01 TLS-05]", () =>
    run(async () => {
      const body = Buffer.alloc(LARGE, "0123456789");
      const answering = {
        dataReceived: (self: Recorder) => {
          if (!self.text.endsWith("\r\n\r\n")) return;
          self.transport.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
          self.transport.write(body);
          self.transport.close();
        },
      };
      const server = new Recorder(answering);
      await withTlsServer(
        () => server,
        async (port) => {
          const url = `https://localhost:${port}/`;
          const trusting = ["--cacert", certificateFile("authority")];
          const command = ["--silent", "--ipv4", "--http1.1", "--max-time", "20", ...trusting, url];
          await withProgram(["curl", ...command], async (program) => {
            assert.ok((await outputOf(program)).equals(body));
          });
          await server.untilLost();
          assert.equal(server.events.at(-1), "lost null");
        },
      );
    }));
});

const PYTHON_CLIENT = `
import asyncio, ssl, sys
async def main():
    context = ssl.create_default_context(cafile=sys.argv[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]), ssl=context, server_hostname="localhost")
    writer.write(b"x" * ${LARGE} + b"\\n")
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    print(len(answer), set(answer) == {ord("X"), ord("\\n")})
asyncio.run(main())
`;

const PYTHON_SERVER = `
import asyncio, ssl, sys
async def serve(reader, writer):
    line = await reader.readline()
    writer.write(line.upper() * 100_000)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
`;

describeOnLoops("TLS with Python's asyncio", { needs: ["sockets"] }, ({ it: always, run }) => {
  const it = needing("python3", always);

  it("serves its client [TLS-01 TLS-05 TLS-08]", () =>
    run(async () => {
      const server = new Recorder(shouting);
      await withTlsServer(
        () => server,
        (port) =>
          withProgram(
            ["python3", "-c", PYTHON_CLIENT, `${port}`, certificateFile("authority")],
            async (program) => {
              assert.equal(String(await outputOf(program)), `${LARGE + 1} True\n`);
              await server.untilLost();
            },
          ),
      );
    }));

  it("connects to its server [TLS-01 TLS-05]", () =>
    run(() =>
      withProgram(["python3", "-c", PYTHON_SERVER, certificateFile("server")], async (program) => {
        const port = await portIn(program, /^(\d+)$/m);
        const client = new Recorder();
        const [transport] = await getRunningLoop().createConnection(() => client, "127.0.0.1", port, {
          ssl: TRUSTING,
          serverHostname: "localhost",
        });
        transport.write("hello\n");
        await client.untilLost();
        assert.equal(client.text, "HELLO\n".repeat(100_000));
        assert.deepEqual(client.events.slice(-2), ["eof", "lost null"]);
      }),
    ));
});
