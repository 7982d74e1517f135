import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LineClient } from "./line-client.ts";
import { startExample } from "./start.ts";

const LINES = 4000; // of 4 kB: more than the system keeps
const BURST = 40; // lines at once
const GOODBYE = "* The chat closes. Good-bye!";

async function enter(port: number, name: string): Promise<LineClient> {
  const guest = new LineClient(port);
  assert.match((await guest.read()) ?? "", /your name/);
  guest.send(name);
  assert.match((await guest.read()) ?? "", new RegExp(`Hello ${name}`));
  return guest;
}

/** Ann says more than the system and the chat keep for one who does not read; bob hears it all. */
async function flood(ann: LineClient, bob: LineClient): Promise<void> {
  for (let count = 0; count < LINES; count += BURST) {
    const burst = Array.from({ length: BURST }, (_, index) => `${count + index} ${"x".repeat(4000)}`);
    ann.send(...burst);
    for (const line of burst) assert.equal(await bob.read(), `ann: ${line}`);
  }
}

describe("the chat", () => {
  it("hands on what is said, and knows who is there", async () => {
    const chat = startExample("chat/main.ts", ["0"]);
    const port = await chat.port();
    const ann = await enter(port, "ann");
    const bob = new LineClient(port);
    bob.send("ann", "two words", "bob");
    assert.match((await bob.read()) ?? "", /your name/);
    assert.match((await bob.read()) ?? "", /There is a ann already/);
    assert.match((await bob.read()) ?? "", /A name has/);
    assert.match((await bob.read()) ?? "", /Hello bob/);
    assert.equal(await ann.read(), "* bob has come");
    ann.send("hi", "", "\u001B[31mred\u0007", "/who");
    assert.equal(await bob.read(), "ann: hi");
    assert.equal(await bob.read(), "ann: [31mred", "without control characters");
    assert.equal(await ann.read(), "* Here: ann, bob");
    ann.send("/quit");
    assert.deepEqual(await ann.readAll(), []);
    assert.equal(await bob.read(), "* ann has left");
    chat.interrupt();
    assert.deepEqual(await bob.readAll(), [GOODBYE]);
    assert.equal((await chat.ended).code, 0);
  });

  it("delivers what is queued to a guest who has said everything", async () => {
    const chat = startExample("chat/main.ts", ["0"]);
    const guest = new LineClient(await chat.port());
    guest.socket.end("ann\n/who\n");
    assert.match((await guest.readAll()).join("\n"), /name\?\n.*Hello ann.*\n\* Here: ann$/);
    chat.interrupt();
    assert.equal((await chat.ended).code, 0);
  });

  it("throws out who talks without end, and lets the others be", async () => {
    const chat = startExample("chat/main.ts", ["0"]);
    const port = await chat.port();
    const ann = await enter(port, "ann");
    const bob = await enter(port, "bob");
    assert.equal(await ann.read(), "* bob has come");
    bob.send("x".repeat(5000));
    assert.equal(await ann.read(), "* bob has left");
    chat.interrupt();
    assert.deepEqual(await ann.readAll(), [GOODBYE]);
    await bob.close();
    assert.equal((await chat.ended).code, 0);
  });

  it("says good-bye to everybody on Ctrl-C, also to those without a name", async () => {
    const chat = startExample("chat/main.ts", ["0"]);
    const port = await chat.port();
    const guests = [await enter(port, "ann"), await enter(port, "bob"), new LineClient(port)];
    assert.match((await guests[2]?.read()) ?? "", /your name/);
    chat.interrupt();
    for (const guest of guests) assert.equal((await guest.readAll()).at(-1), GOODBYE);
    const { code, stdout, stderr } = await chat.ended;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /Everybody has left\n$/);
  });

  it("waits for no slow reader: neither do the others, nor does its end", async () => {
    const chat = startExample("chat/main.ts", ["0"]);
    const port = await chat.port();
    const slow = await enter(port, "slow");
    slow.socket.pause();
    const [ann, bob] = [await enter(port, "ann"), await enter(port, "bob")];
    await flood(ann, bob);
    chat.interrupt();
    assert.deepEqual(await bob.readAll(), [GOODBYE]);
    assert.deepEqual(await ann.readAll(), ["* bob has come", GOODBYE]);
    const { code, stdout } = await chat.ended;
    assert.equal(code, 0);
    assert.match(stdout, /1 did not listen to the end\n$/);
    await slow.close();
  });

  it("keeps so much for a slow reader and no more, and says how much was missed", async () => {
    const chat = startExample("chat/main.ts", ["0"]);
    const port = await chat.port();
    const slow = await enter(port, "slow");
    slow.socket.pause();
    const [ann, bob] = [await enter(port, "ann"), await enter(port, "bob")];
    await flood(ann, bob);
    slow.socket.resume();
    const talking = setInterval(() => ann.send(`${LINES} and more`), 10);
    let next = 0;
    for (let missed = 0; missed === 0;) {
      const line = (await slow.read()) ?? assert.fail("thrown out");
      missed = Number(/^\* You missed (\d+) lines$/.exec(line)?.[1] ?? 0);
      if (line.startsWith("ann: ")) assert.equal(Number.parseInt(line.slice(5), 10), next++);
      next += missed;
    }
    clearInterval(talking);
    assert.ok(next >= LINES, `${next} lines`);
    for (const guest of [ann, bob, slow]) await guest.close();
    chat.interrupt();
    assert.equal((await chat.ended).code, 0);
  });
});
