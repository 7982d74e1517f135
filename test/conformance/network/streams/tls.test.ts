import assert from "node:assert/strict";
import {
  ArgumentTypeError,
  type Awaitable,
  createTask,
  openConnection,
  sleep,
  startServer,
  type StreamReader,
  type StreamWriter,
} from "gyre";
import { describeOnLoops } from "../../../support/loops.ts";
import { SERVING, TRUSTING } from "../tls-support.ts";
import { portOf } from "./support.ts";

const NAME = { serverHostname: "localhost" };

type OnClient = (reader: StreamReader, writer: StreamWriter) => Awaitable<void>;

/** Serves without TLS, and connects. */
async function plainly(onClient: OnClient, body: OnClient): Promise<void> {
  const server = await startServer(onClient, "127.0.0.1", 0);
  const [reader, writer] = await openConnection("127.0.0.1", portOf(server));
  try {
    await body(reader, writer);
  } finally {
    writer.close();
    await Promise.allSettled([writer.waitClosed()]);
    server.close();
    server.abortClients();
    await server.waitClosed();
  }
}

/** Offers TLS, as mail servers do, and echoes lines. */
async function offering(reader: StreamReader, writer: StreamWriter): Promise<void> {
  await reader.readline();
  writer.write("go ahead\n");
  await writer.startTls(SERVING);
  for await (const line of reader) writer.write(line);
  writer.close();
}

describeOnLoops("streams with TLS", ({ it, run }) => {
  it("connect and serve [STR-01 STR-02 STR-22]", () =>
    run(async () => {
      const onClient = async (reader: StreamReader, writer: StreamWriter) => {
        writer.write(await reader.readline());
        await writer.drain();
        assert.equal(writer.canWriteEof(), false);
        writer.close();
      };
      const server = await startServer(onClient, "127.0.0.1", 0, { ssl: SERVING });
      const [reader, writer] = await openConnection("127.0.0.1", portOf(server), { ssl: TRUSTING, ...NAME });
      writer.write("secret\n");
      assert.equal(String(await reader.read()), "secret\n");
      assert.equal(writer.getExtraInfo("peercert")?.subject.CN, "server");
      writer.close();
      await writer.waitClosed();
      server.close();
      await server.waitClosed();
    }));

  it("begin with TLS in the middle, on the side that each one is [STR-20]", () =>
    run(() =>
      plainly(offering, async (reader, writer) => {
        const before = writer.transport;
        writer.write("STARTTLS\n");
        assert.equal(String(await reader.readline()), "go ahead\n");
        await writer.startTls(TRUSTING, NAME);
        assert.notEqual(writer.transport, before);
        writer.write("secret\n");
        assert.equal(String(await reader.readline()), "secret\n");
        assert.equal(writer.getExtraInfo("peercert")?.subject.CN, "server");
      }),
    ));

  it("go on to hold up a peer that is too fast [STR-20 STR-12]", () =>
    run(() =>
      plainly(offering, async (reader, writer) => {
        writer.write("STARTTLS\n");
        await reader.readline();
        await writer.startTls(TRUSTING, NAME);
        const line = `${"x".repeat(60_000)}\n`;
        const sending = createTask(async () => {
          for (let i = 0; i < 40; i++) {
            writer.write(line);
            await writer.drain();
          }
        });
        while (!reader.statistics().paused) await sleep(0);
        assert.equal(writer.transport.isReading(), false);
        for (let i = 0; i < 40; i++) assert.equal((await reader.readline()).length, line.length);
        await sending;
      }),
    ));

  it("take bytes that came too early for a part of the handshake, and not for ones that came through it [STR-20]", () =>
    run(async () => {
      const outcomes: string[] = [];
      const onClient = async (reader: StreamReader, writer: StreamWriter) => {
        await reader.readline();
        writer.write("go ahead\n");
        while (reader.statistics().buffered === 0) await sleep(0);
        const [outcome] = await Promise.allSettled([writer.startTls(SERVING)]);
        outcomes.push(outcome?.status ?? "");
        assert.equal(reader.statistics().buffered, 0);
      };
      await plainly(onClient, async (reader, writer) => {
        writer.write("STARTTLS\nsmuggled in\n");
        assert.equal(String(await reader.readline()), "go ahead\n");
        await Promise.allSettled([reader.read()]);
      });
      assert.deepEqual(outcomes, ["rejected"]);
    }));

  it("take a handshake that the peer began before it was told to [STR-20]", () =>
    run(async () => {
      const early = async (reader: StreamReader, writer: StreamWriter) => {
        while (reader.statistics().buffered === 0) await sleep(0);
        await writer.startTls(SERVING);
        for await (const line of reader) writer.write(line);
        writer.close();
      };
      await plainly(early, async (reader, writer) => {
        await writer.startTls(TRUSTING, NAME);
        writer.write("secret\n");
        assert.equal(String(await reader.readline()), "secret\n");
      });
    }));

  it("stay as they are when the options are wrong [STR-20]", () =>
    run(() =>
      plainly(offering, async (reader, writer) => {
        // @ts-expect-error -- options are needed
        assert.throws(() => writer.startTls("yes"), ArgumentTypeError);
        writer.write("STARTTLS\n");
        await assert.rejects(writer.startTls(TRUSTING, { ...NAME, sslHandshakeTimeout: -1 }), RangeError);
        assert.equal(String(await reader.readline()), "go ahead\n");
        await writer.startTls(TRUSTING, NAME);
      }),
    ));
});
