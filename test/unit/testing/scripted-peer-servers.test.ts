import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DeadlockError, openConnection, run, type Server, startServer } from "gyre";
import { runVirtual, scriptedPeer } from "gyre/testing";
import { expectTrouble, guardLeaks } from "../../support/leaks.ts";
import { scriptErrorOf } from "./support.ts";

function portOf(server: Server): number {
  const address = server.sockets[0]?.getsockname();
  assert.ok(typeof address === "object");
  return address.port;
}

describe("scriptedPeer", () => {
  guardLeaks();

  it("is the handler of a server, for code that connects by itself", () =>
    run(
      async () => {
        const scripted = scriptedPeer(async (peer) => {
          await peer.expect("HELLO\n");
          peer.send("OK\n");
          await peer.expectEof();
        });
        const server = await startServer(scripted.handler, "127.0.0.1", 0);
        const [reader, writer] = await openConnection("127.0.0.1", portOf(server));
        writer.write("HELLO\n");
        assert.equal(String(await reader.readline()), "OK\n");
        writer.close();
        await writer.waitClosed();
        await scripted.finished();
        server.close();
        await server.waitClosed();
      },
      { loop: "node" },
    ));

  it("closes a real connection on a deviation, and the server reports nothing", () =>
    run(
      async () => {
        const scripted = scriptedPeer((peer) => peer.expect("HELLO\n"));
        const server = await startServer(scripted.handler, "127.0.0.1", 0);
        const [reader, writer] = await openConnection("127.0.0.1", portOf(server));
        writer.write("BYE\n");
        assert.equal((await reader.read()).length, 0);
        writer.close();
        await writer.waitClosed();
        assert.match((await scriptErrorOf(scripted)).message, /expected "HELLO\\n"/);
        server.close();
        await server.waitClosed();
      },
      { loop: "node" },
    ));

  it("names its step in the report on a deadlock", async () => {
    await assert.rejects(
      runVirtual(async () => {
        const scripted = scriptedPeer(async (peer) => {
          peer.send("first");
          await peer.expect("HELLO\r\n");
        });
        const [reader, writer] = scripted.connect();
        try {
          await reader.readexactly(100);
        } finally {
          writer.close();
        }
      }),
      (error) => {
        assert.ok(error instanceof DeadlockError);
        assert.match(error.message, /scripted peer at step 2, expect\("HELLO\\r\\n"\)/);
        return true;
      },
    );
  });

  it("has a failure that nobody looked at reported", async () => {
    expectTrouble("report", /never retrieved[\s\S]*ScriptError/);
    await runVirtual(async () => {
      const scripted = scriptedPeer((peer) => peer.expect("a"));
      const [reader, writer] = scripted.connect();
      writer.write("b");
      await reader.read();
      writer.close();
      await writer.waitClosed();
    });
  });
});
