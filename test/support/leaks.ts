/** Fails a test that leaves something behind: handles, listeners, tasks, or trouble that it did not announce. */
import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { afterEach, beforeEach } from "node:test";
import { setImmediate as turn, setTimeout as pause } from "node:timers/promises";
import { allTasks } from "gyre";
import { catchReports } from "./reports.ts";

const EVENTS = [
  "SIGINT",
  "SIGTERM",
  "beforeExit",
  "exit",
  "uncaughtException",
  "unhandledRejection",
  "warning",
] as const;
const TURNS = 10;
const PAUSES = 20; // of 10 ms, for threads that have been told to end

/** What a test may cause on purpose: a process warning, or a report of a loop's default exception handler. */
type Trouble = "warning" | "report";

interface Expectation {
  readonly trouble: Trouble;
  readonly pattern: RegExp;
}

let expectations: Expectation[] = [];
let troubles: string[] = [];

/** Announces trouble that the running test causes on purpose; it fails if the trouble does not come. */
export function expectTrouble(trouble: Trouble, pattern: RegExp): void {
  expectations.push({ trouble, pattern });
}

/** Guards every test of the enclosing suite, or of the whole file. */
export function guardLeaks(): void {
  let before: readonly string[] = [];
  let stopWatching = (): void => {};

  beforeEach(() => {
    expectations = [];
    troubles = [];
    before = leftovers();
    stopWatching = watch();
  });

  afterEach(async () => {
    const settled = await waitForLeftovers(before);
    stopWatching();
    assert.deepEqual(
      [...settled, ...unexpectedTroubles(), ...missingTroubles()],
      [],
      "the test left this behind",
    );
  });
}

function watch(): () => void {
  const onWarning = (warning: Error): void => add("warning", `${warning.name}: ${warning.message}`);
  const onRejection = (reason: unknown): void => add("rejection", String(reason));
  process.on("warning", onWarning);
  process.on("unhandledRejection", onRejection);
  const stopCatching = catchReports((text) => add("report", text));
  return () => {
    process.off("warning", onWarning);
    process.off("unhandledRejection", onRejection);
    stopCatching();
  };
}

function add(trouble: Trouble | "rejection", text: string): void {
  troubles.push(`${trouble}: ${text}`);
}

/** Handles may take a few turns of the host's loop to close, and threads a moment; what then remains has leaked. */
async function waitForLeftovers(before: readonly string[]): Promise<string[]> {
  let extra: string[] = [];
  for (let count = 0; count < TURNS + PAUSES; count++) {
    await (count < TURNS ? turn() : pause(10));
    extra = withoutEach(leftovers(), [...before, "listener for warning", "listener for unhandledRejection"]);
    if (extra.length === 0) break;
  }
  return extra;
}

/** Everything countable that a test could leave behind, one string each. */
function leftovers(): string[] {
  return [
    ...process.getActiveResourcesInfo().map((kind) => `active ${kind}`),
    ...EVENTS.flatMap((event) =>
      process.listeners(event as NodeJS.Signals).map(() => `listener for ${event}`),
    ),
    ...[...allTasks()].map((task) => `task ${task.name}`),
    ...openSockets().map((kind) => `descriptor ${kind}`),
  ];
}

/** Sockets and epoll sets of this process: those of the selector loop are unknown to the host. */
function openSockets(): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc/self/fd")
    .map(kindOfDescriptor)
    .filter((kind) => kind === "socket" || kind === "anon_inode:[eventpoll]");
}

function kindOfDescriptor(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).replace(/^socket:.*/, "socket");
  } catch {
    return "closed"; // it was the one that the list was read with
  }
}

function unexpectedTroubles(): string[] {
  return troubles.filter((text) => !expectations.some((expected) => matches(expected, text)));
}

function missingTroubles(): string[] {
  return expectations
    .filter((expected) => !troubles.some((text) => matches(expected, text)))
    .map(({ trouble, pattern }) => `expected ${trouble} ${pattern} did not come`);
}

function matches({ trouble, pattern }: Expectation, text: string): boolean {
  return text.startsWith(`${trouble}: `) && pattern.test(text);
}

/** The items that remain when each of the others took one equal item away. */
function withoutEach(items: readonly string[], others: readonly string[]): string[] {
  const rest = [...items];
  for (const other of others) {
    const index = rest.indexOf(other);
    if (index >= 0) rest.splice(index, 1);
  }
  return rest;
}
