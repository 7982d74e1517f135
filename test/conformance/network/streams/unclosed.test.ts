import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { getRunningLoop, openConnection, type Server, startServer, type Transport } from "gyre";
import { expectTrouble } from "../../../support/leaks.ts";
import { describeOnLoops } from "../../../support/loops.ts";
import { portOf } from "./support.ts";

const collect = globalThis.gc;

async function openAndForget(server: Server): Promise<Transport> {
  const [, writer] = await openConnection("127.0.0.1", portOf(server));
  return writer.transport;
}

describeOnLoops("an unclosed writer", ({ it, run }) => {
  it("is reported at the end of the loop in every mode [STR-21]", async () => {
    expectTrouble("warning", /loop was closed while these were open: .*Transport/);
    await run(async () => {
      const server = await startServer((_, writer) => writer.close(), "127.0.0.1", 0);
      await openAndForget(server);
      server.close();
    });
  });

  it("is reported in debug mode when it is collected [STR-21]", async () => {
    assert.ok(collect, "run with --expose-gc");
    expectTrouble("warning", /A StreamWriter was collected, and nobody had closed it/);
    const seen: Error[] = [];
    const note = (warning: Error): void => {
      seen.push(warning);
    };
    process.once("warning", note);
    await run(async () => {
      await using server = await startServer(() => undefined, "127.0.0.1", 0);
      getRunningLoop().setDebug(true);
      const transport = await openAndForget(server);
      for (let i = 0; i < 100 && seen.length === 0; i++) {
        collect();
        await turn();
      }
      transport.close();
      server.abortClients();
    });
    process.off("warning", note);
    assert.equal(seen.length, 1);
  });
});
