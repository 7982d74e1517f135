/** The programs that subjects run on: what each is called in a table, and how it is started. */
import { availableParallelism } from "node:os";
import { obtain, SOURCES } from "../../scripts/lib/cached-runtimes.ts";
import { command } from "../../scripts/lib/command.ts";
import { findPython, NO_PYTHON } from "../../scripts/lib/python.ts";

/**
 * `node` is measured on each Node of the run; `uvloop` is a CPython that has it; `c` is what the compiler makes of the subject; the
 * others are those of `npm run test:matrix`.
 */
export type RuntimeName = "node" | "cpython" | "uvloop" | "c" | "bun" | "deno";

export interface Program {
  /** `node-24`, `cpython`, … */
  readonly id: string;
  /** With its full version. */
  readonly title: string;
  readonly path: string;
  readonly flags: readonly string[];
}

/** The programs for these runtimes; a line on standard output for each that cannot be had. */
export async function findPrograms(
  runtimes: ReadonlySet<RuntimeName>,
  nodes: readonly string[],
): Promise<Program[]> {
  const programs: Program[] = [];
  for (const runtime of runtimes) {
    const ids = runtime === "node" ? nodes.map((version) => `node-${version}`) : [runtime];
    for (const id of ids) {
      const program = await find(id);
      if (typeof program === "string") console.log(`${id}: skipped: ${program}`);
      else programs.push(program);
    }
  }
  if (runtimes.has("node") && !programs.some(({ id }) => id.startsWith("node-")))
    programs.unshift(thisNode());
  return programs;
}

function find(id: string): Promise<Program | string> {
  if (id === "cpython") return cpython();
  if (id === "c") return compiler();
  return id === "uvloop" ? uvloop() : cached(id);
}

async function cached(id: string): Promise<Program | string> {
  const source = SOURCES.find(({ name }) => name === id);
  if (source === undefined) return `there are only ${SOURCES.map(({ name }) => name).join(", ")}`;
  const runtime = await obtain(source);
  if (typeof runtime === "string") return runtime;
  return { id, title: titleCase(runtime.name), path: runtime.program, flags: flagsOf(id) };
}

function thisNode(): Program {
  const major = process.versions.node.split(".")[0];
  return {
    id: `node-${major}`,
    title: `Node ${process.versions.node}`,
    path: process.execPath,
    flags: flagsOf("node"),
  };
}

async function cpython(): Promise<Program | string> {
  const path = await findPython();
  if (path === undefined) return NO_PYTHON;
  const { stdout } = await command(path, ["--version"]);
  return { id: "cpython", title: `C${stdout.trim()}`, path, flags: PYTHON_FLAGS };
}

/** Subjects in C are compiled, and are programs by themselves. */
async function compiler(): Promise<Program | string> {
  try {
    const { ok, stdout } = await command("cc", ["--version"], { limit: 10_000 });
    if (ok) return { id: "c", title: stdout.split("\n")[0] ?? "C", path: "cc", flags: [] };
  } catch {
    // no such program
  }
  return "there is no C compiler here";
}

/** The CPython of the other rows if it has uvloop, else the system's, where distributions install it. */
async function uvloop(): Promise<Program | string> {
  const script = "import platform, uvloop; print(platform.python_version(), uvloop.__version__)";
  for (const path of [await findPython(), "/usr/bin/python3", "python3"]) {
    if (path === undefined) continue;
    try {
      const { ok, stdout } = await command(path, [...PYTHON_FLAGS, "-c", script], { limit: 10_000 });
      const [python, version] = stdout.trim().split(" ");
      if (ok)
        return { id: "uvloop", title: `uvloop ${version} on CPython ${python}`, path, flags: PYTHON_FLAGS };
    } catch {
      // no such program
    }
  }
  return "no Python here can import uvloop (Debian's package is python3-uvloop)";
}

const PYTHON_FLAGS = ["-E", "-B"];

function flagsOf(id: string): readonly string[] {
  return id.startsWith("node") ? ["--expose-gc", "--max-old-space-size=8192"] : [];
}

function titleCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Pins a program to a core, another one in each round, since some other program may be busy on one of them. */
export type Pin = (round: number, program: string) => readonly [string, ...string[]];

export async function findPin(): Promise<Pin | null> {
  try {
    const { ok, output } = await command("taskset", ["-cp", String(process.pid)]);
    const cores = ok ? coresOf(output) : [];
    return cores.length === 0
      ? null
      : (round, program) => ["taskset", "-c", `${cores[round % cores.length]}`, program];
  } catch {
    return null;
  }
}

/** `pid 7's current affinity list: 0,2-3` */
function coresOf(output: string): number[] {
  const list = output.trim().split(": ").at(-1) ?? "";
  return list.split(",").flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split("-").map(Number);
    const count = Math.min(last - first + 1, availableParallelism());
    return Number.isInteger(count) ? Array.from({ length: count }, (_, i) => first + i) : [];
  });
}
