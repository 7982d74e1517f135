/** What is left of a test's process trees: every child inherits a marker in its environment. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

const MARKER = "GYRE_TEST_MARKER";
const PATIENCE = 5000; // ms for what must go away soon, on a loaded machine
let count = 0;

/** An environment that whoever descends from a child can be recognised by. */
export interface Marked {
  readonly env: Record<string, string>;
  /** The processes that live, by their command lines. */
  readonly living: () => string[];
}

export function marked(): Marked {
  const value = `${process.pid}-${count++}`;
  return {
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", [MARKER]: value },
    living: () => livingWith(`${MARKER}=${value}`),
  };
}

/** The processes with a text in their environment, zombies left out. */
function livingWith(text: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const environment = read(`/proc/${pid}/environ`);
    if (!environment.split("\0").includes(text)) continue;
    found.push(`${pid} ${read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim()}`);
  }
  return found;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended meanwhile, or is a zombie
  }
}

/** Waits for something that is to become true soon. */
export async function soon(condition: () => boolean, what: string, patience = PATIENCE): Promise<void> {
  const end = performance.now() + patience;
  while (!condition()) {
    assert.ok(performance.now() < end, `${what}, but not within ${patience} ms`);
    await pause(5);
  }
}

function descriptors(): number {
  return existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0;
}

/** Children of this process, ended ones that nobody asked after included. */
function children(): string[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    const fields = read(`/proc/${name}/stat`)
      .replace(/^.*\) /s, "")
      .split(" ");
    return Number(fields[1]) === process.pid;
  });
}

/** Fails a test of the enclosing suite that leaves a child or a descriptor behind. */
export function guardProcesses(): void {
  let before = { descriptors: 0, children: [] as string[] };

  beforeEach(() => {
    before = { descriptors: descriptors(), children: children() };
  });

  afterEach(async () => {
    await soon(() => children().every((pid) => before.children.includes(pid)), "no child is left");
    await soon(() => descriptors() <= before.descriptors, "no descriptor is left");
  });
}
