import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { getRunningLoop, openConnection, startServer } from "gyre";
import { runVirtual, SimulatedNetwork } from "gyre/testing";
import { authority, identity } from "../../support/certificates.ts";
import { guardLeaks } from "../../support/leaks.ts";
import { failure, now, PORT } from "./support.ts";

const SERVING = { ...identity("server") };
const CLIENT = { ssl: { ca: authority }, serverHostname: "localhost" };

/** Bun's TLS takes sockets of its own only. */
const skip = process.versions["bun"] === undefined ? false : "Bun has no TLS over other streams";

for (const outside of ["fail", "wait"] as const) {
  describe(`TLS over the simulated network (outside: ${outside})`, { skip }, () => {
    guardLeaks();

    it("shakes hands in round trips, and the clock stands still while the host computes", () => {
      const network = new SimulatedNetwork({ latency: 20 });
      return runVirtual(
        async () => {
          const echo = () =>
            startServer(
              async (reader, writer) => {
                writer.write(await reader.readline());
                writer.close();
              },
              "0.0.0.0",
              PORT,
              { ssl: SERVING },
            );
          const server = await network.host("db").run(echo);
          const [reader, writer] = await openConnection("db", PORT, CLIENT);
          assert.equal(now(), 80); // one round trip for TCP, one for TLS 1.3
          writer.write("hello\n");
          assert.equal(String(await reader.readline()), "hello\n");
          assert.equal(now(), 120);
          writer.close();
          await writer.waitClosed();
          server.close();
          await server.waitClosed();
        },
        { network, outside },
      );
    });

    it("moves megabytes, and is given up in a partition", () => {
      const network = new SimulatedNetwork({ latency: 1 });
      return runVirtual(
        async () => {
          const server = await network.host("db").run(() =>
            startServer(
              async (reader, writer) => {
                const { length } = await reader.readexactly(3_000_000);
                writer.write(`${length}\n`);
                writer.close();
              },
              "0.0.0.0",
              PORT,
              { ssl: SERVING },
            ),
          );
          const [reader, writer] = await openConnection("db", PORT, CLIENT);
          writer.write(Buffer.alloc(3_000_000));
          assert.equal(String(await reader.readline()), "3000000\n");
          writer.close();
          await writer.waitClosed();
          const loop = getRunningLoop();
          const held = loop.callLater(2.5, () => network.partition("main", "db"));
          const before = now();
          const impatient = { ...CLIENT, sslHandshakeTimeout: 5000 };
          const [code, time] = await failure(openConnection("db", PORT, impatient));
          assert.equal(code, "ECONNABORTED");
          assert.equal(time, before + 2 + 5000);
          held.cancel();
          network.heal();
          server.close();
          server.abortClients();
          server.closeClients();
          await server.waitClosed();
        },
        { network, outside },
      );
    });
  });
}
