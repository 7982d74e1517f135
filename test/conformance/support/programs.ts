/** Whole programs, each in a process of its own, for what happens to a process: exit codes, signals, collected memory. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fromRoot } from "../../../scripts/lib/paths.ts";

const FOLDER = fromRoot(".build/programs");
const LIMIT = 10_000; // ms, after which a program hangs
let count = 0;

export interface ProgramResult {
  /** Null if a signal ended it, this file's own limit included. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of the host, before the name of the program. */
  readonly flags?: readonly string[];
  /** Descriptors of this process that become 3 and the next numbers in the other. */
  readonly descriptors?: readonly number[];
  /** How many descriptors the other process may have. */
  readonly descriptorLimit?: number;
  /** Sent when the program prints a line with this text, in this order. */
  readonly signals?: readonly (readonly [line: string, signal: NodeJS.Signals])[];
}

/** Runs an ES module that may import "gyre" to its end. */
export async function runProgram(source: string, options: ProgramOptions = {}): Promise<ProgramResult> {
  mkdirSync(FOLDER, { recursive: true });
  const file = `${FOLDER}/${process.pid}-${count++}.mjs`;
  writeFileSync(file, source);
  const command = [process.execPath, ...hostArguments(options.flags ?? []), file];
  const [program = "", ...args] = limited(command, options.descriptorLimit);
  const child = spawn(program, args, {
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: "", NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe", ...(options.descriptors ?? [])],
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT);
  try {
    return await collect(child, [...(options.signals ?? [])]);
  } finally {
    clearTimeout(limit);
    rmSync(file);
  }
}

function limited(command: readonly string[], descriptors: number | undefined): readonly string[] {
  if (descriptors === undefined) return command;
  return ["sh", "-c", `ulimit -n ${descriptors}; exec "$0" "$@"`, ...command];
}

async function collect(
  child: ChildProcess,
  signals: (readonly [line: string, signal: NodeJS.Signals])[],
): Promise<ProgramResult> {
  let stdout = "";
  let stderr = "";
  let seen = 0;
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (let next = signals[0]; next !== undefined; next = signals[0]) {
      const at = stdout.indexOf(`${next[0]}\n`, seen);
      if (at < 0) break;
      seen = at + next[0].length;
      signals.shift();
      child.kill(next[1]);
    }
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

function hostArguments(flags: readonly string[]): string[] {
  if (!("Deno" in globalThis)) return [...flags];
  return ["run", "--allow-all", ...(flags.length > 0 ? [`--v8-flags=${flags.join(",")}`] : [])];
}
