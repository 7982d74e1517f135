import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { soon } from "../processes/support.ts";
import { type RunningExample, startExample } from "./start.ts";

function ask(supervisor: RunningExample, ...requests: readonly string[]): void {
  for (const request of requests) supervisor.child.stdin?.write(`${request}\n`);
}

async function numberFrom(supervisor: RunningExample, request: string): Promise<number> {
  ask(supervisor, request);
  return Number((await supervisor.printed(new RegExp(`^${request}: (\\d+)$`, "m")))[1]);
}

/** The server of that name, and something that it has started and forgotten. */
async function family(supervisor: RunningExample, name: string): Promise<number[]> {
  return [await numberFrom(supervisor, `${name} pid`), await numberFrom(supervisor, `${name} litter`)];
}

async function gone(pids: readonly number[]): Promise<void> {
  for (const pid of pids) await soon(() => !alive(pid), `process ${pid} has ended`);
}

function alive(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`); // a zombie has none
}

describe("the supervisor", { skip: process.platform === "linux" ? false : "needs /proc" }, () => {
  it("asks its servers, and says what went wrong", async () => {
    const supervisor = startExample("supervisor/main.ts");
    ask(supervisor, "one add 1 2", "two add 3", "one nothing", "three add");
    await supervisor.printed(/^one add: 3$/m);
    await supervisor.printed(/^two add: 3$/m);
    await supervisor.printed(/^one nothing failed: There is no method nothing$/m);
    await supervisor.printed(/^three add failed: there is no such server$/m);
    supervisor.child.stdin?.end();
    const { code, stderr } = await supervisor.ended;
    assert.deepEqual([code, stderr], [0, ""]);
  });

  it("gives up a request that takes too long, and the server serves on", async () => {
    const supervisor = startExample("supervisor/main.ts", ["one"]);
    await numberFrom(supervisor, "one pid");
    ask(supervisor, "one sleep");
    await supervisor.printed(/^one sleep failed: The deadline passed/m);
    ask(supervisor, "one add 4 5");
    await supervisor.printed(/^one add: 9$/m);
    supervisor.child.stdin?.end();
    await supervisor.ended;
  });

  it("starts a server again that has ended, with what it had left behind removed", async () => {
    const supervisor = startExample("supervisor/main.ts", ["one"]);
    const first = await family(supervisor, "one");
    ask(supervisor, "one crash");
    await supervisor.printed(/^one ended with 7; it is started again in 50 ms$/m);
    await gone(first);
    ask(supervisor, "one add 6 7");
    await supervisor.printed(/^one add: 13$/m);
    supervisor.child.stdin?.end();
    await supervisor.ended;
  });

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGKILL", null],
  ] as const) {
    it(`leaves nobody behind after ${signal}, those who ignore SIGTERM neither`, async () => {
      const supervisor = startExample("supervisor/main.ts");
      const pids = [...(await family(supervisor, "one")), ...(await family(supervisor, "two"))];
      await numberFrom(supervisor, "two ignore");
      supervisor.child.kill(signal);
      assert.equal((await supervisor.ended).code, code);
      await gone(pids);
    });
  }
});
