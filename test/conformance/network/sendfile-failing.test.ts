import assert from "node:assert/strict";
import { ConnectionError, getRunningLoop, type RuntimeError, SendfileNotAvailableError } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { withEnds } from "./fifos.ts";
import { end, Recorder } from "./recording.ts";
import { content, LARGE, send, sendUntilFull, withFile } from "./sendfile-support.ts";

describeOnLoops("sendfile fails", { needs: ["sockets"] }, ({ it, run }) => {
  it("when the peer resets the connection [SF-04]", () =>
    run(() =>
      withFile(content(LARGE), async (setting) => {
        const { task } = await sendUntilFull(setting);
        setting.peer.resetAndDestroy();
        await assert.rejects(task, (error: NodeJS.ErrnoException) =>
          ["ECONNRESET", "EPIPE"].includes(error.code ?? ""),
        );
        await setting.client.untilLost();
        assert.match(setting.client.events.at(-1) ?? "", /^lost (ECONNRESET|EPIPE)$/);
        assert.equal(setting.client.events.filter((event) => event.startsWith("lost")).length, 1);
        assert.equal(setting.transport.getProtocol(), setting.client);
      }),
    ));

  it("when the transport is closed or aborted meanwhile [SF-04]", () =>
    run(async () => {
      for (const method of ["close", "abort"] as const) {
        await withFile(content(LARGE), async (setting) => {
          const { task } = await sendUntilFull(setting);
          setting.transport[method]();
          const arrival = method === "close" ? setting.received() : null;
          await assert.rejects(
            task,
            (error) => error instanceof ConnectionError && error.code === "ECONNABORTED",
          );
          await arrival;
          await setting.client.untilLost();
          assert.equal(setting.client.events.at(-1), "lost null");
        });
      }
    }));

  it("on a transport that is closing or closed [SF-01]", () =>
    run(() =>
      withFile("text", async ({ client, transport, handle }) => {
        transport.close();
        await assert.rejects(send(transport, handle), { code: "GYRE_TRANSPORT_CLOSED" });
        await client.untilLost();
        await assert.rejects(send(transport, handle), { code: "GYRE_TRANSPORT_CLOSED" });
      }),
    ));

  it("on a transport that cannot be written [SF-01]", () =>
    run(() =>
      withFile("text", async ({ transport, handle }) => {
        transport.writeEof();
        await assert.rejects(send(transport, handle), { code: "GYRE_EOF_WRITTEN" });
        const foreign = { isClosing: () => false };
        const sending = Reflect.apply(send, null, [foreign, handle]) as Promise<number>;
        await assert.rejects(sending, { code: "GYRE_NOT_SUPPORTED" });
        await withEnds(async ({ reader }) => {
          const target = new Recorder();
          await getRunningLoop().connectReadPipe(() => target, reader);
          await assert.rejects(send(target.transport, handle), { code: "GYRE_NOT_SUPPORTED" });
          await end(target);
        });
      }),
    ));

  it("without the fallback, as the system's own way is not there [SF-03 SF-06 SF-07 EXC-05]", () =>
    run(() =>
      withFile("text", async ({ transport, handle }) => {
        await assert.rejects(send(transport, handle, { fallback: false }), (error: RuntimeError) => {
          assert.ok(error instanceof SendfileNotAvailableError);
          assert.equal(error.name, "RuntimeError");
          return error.code === "GYRE_SENDFILE_NOT_AVAILABLE";
        });
      }),
    ));

  it("with the error of the file, and gives the transport back [SF-02 SF-04]", () =>
    run(() =>
      withFile("text", async ({ client, transport, handle, received, path }) => {
        await handle.close();
        await assert.rejects(send(transport, handle), { code: "EBADF" });
        await assert.rejects(send(transport, "/"), { code: "EISDIR" });
        await assert.rejects(send(transport, `${path}.missing`), { code: "ENOENT" });
        assert.equal(transport.getProtocol(), client);
        transport.write("still there");
        transport.close();
        assert.equal(String(await received()), "still there");
      }),
    ));

  it("with the error of the progress callback [SF-02]", () =>
    run(() =>
      withFile("text", async ({ client, transport, handle }) => {
        const failing = (): never => {
          throw new Error("of the callback");
        };
        await assert.rejects(send(transport, handle, { onProgress: failing }), /of the callback/);
        assert.equal(transport.getProtocol(), client);
      }),
    ));

  it("for wrong arguments [SF-05]", () =>
    run(() =>
      withFile("text", async ({ transport, handle }) => {
        const wrongType = { name: "TypeError", code: "GYRE_INVALID_ARGUMENT" };
        for (const args of [
          [null, handle],
          [transport, 1],
          [transport, {}],
          [transport, handle, null],
          [transport, handle, { offset: "1" }],
          [transport, handle, { count: true }],
        ])
          assert.throws(() => void Reflect.apply(send, null, args), wrongType);
        for (const options of [
          { offset: -1 },
          { offset: 0.5 },
          { count: 0 },
          { count: -1 },
          { count: 1.5 },
        ]) {
          await assert.rejects(send(transport, handle, options), {
            name: "RangeError",
            code: "GYRE_OUT_OF_RANGE",
          });
        }
      }),
    ));
});
