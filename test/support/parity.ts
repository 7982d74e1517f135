/**
 * The TypeScript half of a parity pair. `test/parity/<area>/<topic>.ts` prints, scenario by scenario, what
 * `<topic>.py` printed under CPython, stored in `<topic>.txt`. Importing a topic registers a test per scenario.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { run } from "gyre";
import { fromRoot } from "../../scripts/lib/paths.ts";
import { parseSections } from "../../scripts/lib/sections.ts";
import { guardLeaks } from "./leaks.ts";
import { exceptionFor } from "./loop-exceptions.ts";

/** Prints a line: its values as Python's `print` shows them, with spaces in between. */
export type Print = (...values: readonly unknown[]) => void;
type Body = (print: Print) => Promise<void> | void;

const TOPIC_IN_STACK = /[\\/]test[\\/]parity[\\/]([\w-]+[\\/][\w-]+)\.[jt]s\b/;
let guarded = false;

/** A scenario whose body is a coroutine: it runs under `run()`, on a loop of its own. */
export function scenario(name: string, body: Body): void {
  register(name, (print) => run(async () => body(print)));
}

/** A scenario that drives its loops itself. */
export function script(name: string, body: Body): void {
  register(name, body);
}

function register(name: string, body: Body): void {
  const file = `test/parity/${callingTopic()}.txt`;
  if (!guarded) guardLeaks();
  guarded = true;
  const exception = exceptionFor(process.env["GYRE_LOOP"] ?? "node", name);
  it(name, { skip: exception?.reason ?? false }, async () => {
    const lines: string[] = [];
    await body((...values) => void lines.push(values.map(pythonText).join(" ")));
    assert.deepEqual(lines, expectedLines(file, name));
  });
}

/** The topic's file is the one that called, so that topics need not name themselves. */
function callingTopic(): string {
  const topic = TOPIC_IN_STACK.exec(new Error("the caller").stack ?? "")?.[1];
  if (topic === undefined)
    throw new Error("scenario() and script() belong into test/parity/<area>/<topic>.ts");
  return topic;
}

function expectedLines(file: string, name: string): readonly string[] {
  const lines = parseSections(readFileSync(fromRoot(file), "utf8")).get(name);
  if (lines !== undefined) return lines;
  throw new Error(`${file} has no section "== ${name}": write the Python twin and run npm run parity:record`);
}

/** What Python's `str()` gives, for the plain values that scenarios print. */
export function pythonText(value: unknown): string {
  return typeof value === "string" ? value : pythonRepr(value);
}

function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  return String(value);
}
