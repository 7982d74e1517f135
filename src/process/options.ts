/** The options of a child process, and what is wrong with them. */

import { describe, requireDelay } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../core/errors.ts";
import { STDOUT, type StdioOptions } from "./stdio.ts";

export interface SubprocessOptions extends StdioOptions {
  /** Where the child starts; here by default. */
  readonly cwd?: string | URL | undefined;
  /** The whole environment of the child; that of this process by default. What is undefined is left out. */
  readonly env?: Readonly<Record<string, string | undefined>> | null | undefined;
  /** What the child is told it is called; the program by default. Not with `stderr: STDOUT`. */
  readonly argv0?: string | undefined;
  /** The user and the group to become, by number. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /**
   * Whether the child leads a session and process group of its own, and whatever ends it ends its descendants too; true by
   * default. False is asyncio's way: the child shares this process's group and terminal, and is ended alone.
   */
  readonly killTree?: boolean | undefined;
  /** Milliseconds between SIGTERM and SIGKILL when gyre ends the child, as at a cancellation; 5,000 by default. */
  readonly graceMs?: number | undefined;
  /** Whether the tree is ended when this process dies, in whatever way; false by default. Needs `killTree`, and a POSIX system. */
  readonly dieWithParent?: boolean | undefined;
  /** On Windows: whether no console window is shown. */
  readonly windowsHide?: boolean | undefined;
  /** Whether the child leads a session of its own; as `killTree` says by default. */
  readonly startNewSession?: boolean | undefined;
  /** Descriptors of this process, from 3 on, that the child gets under the same numbers. */
  readonly passFds?: readonly number[] | undefined;
}

export interface CheckedOptions {
  readonly cwd: string | URL | undefined;
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  readonly argv0: string | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly killTree: boolean;
  readonly ownSession: boolean;
  readonly graceMs: number;
  readonly dieWithParent: boolean;
  readonly windowsHide: boolean;
  readonly passFds: readonly number[];
}

const GRACE = 5000; // ms
const FIRST_FREE = 3; // the descriptor after the standard streams

/** What Python's `Popen` knows and asyncio refuses, or what cannot be done here, with the way out. */
const REFUSED: Readonly<Record<string, string>> = {
  text: "A child's streams carry bytes: decode them with String(buffer), or iterate over lines",
  universalNewlines: "A child's streams carry bytes: decode them with String(buffer)",
  encoding: "A child's streams carry bytes: decode them with buffer.toString(encoding)",
  errors: "A child's streams carry bytes: decode them with a TextDecoder",
  bufsize: "Streams are never buffered by the system; `limit` says how much a reader buffers",
  shell: "Use createSubprocessShell(command), or createSubprocessExec(program, args)",
  preexecFn: "JavaScript cannot run between fork and exec. Start the program through `sh -c` or `env`",
  umask: "Start the program through `sh -c 'umask 077; exec \"$@\"'`",
  detached: "Use killTree and startNewSession",
  stdio: "Use stdin, stdout and stderr",
  signal: "Cancel the task, which ends the child, or call kill()",
  timeout: "Put timeout(ms, async () => { … }) around the call",
};

/** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` */
export function checkOptions(options: SubprocessOptions, where: string): CheckedOptions {
  requireKnown(requireOptions(options, where), where);
  requireStart(options, where);
  const { cwd, env, argv0, uid, gid, graceMs = GRACE, passFds = [] } = options;
  requireDelay(graceMs, where, "graceMs");
  const killTree = flag(options.killTree, "killTree", where) ?? true;
  const dieWithParent = flag(options.dieWithParent, "dieWithParent", where) ?? false;
  if (dieWithParent && !killTree) {
    throw new ArgumentRangeError(
      `${where}: dieWithParent needs a process group to end, so that it cannot go with killTree: false.`,
    );
  }
  if (argv0 !== undefined && options.stderr === STDOUT) {
    throw new ArgumentRangeError(
      `${where}: argv0 cannot go with stderr: STDOUT, which takes a shell that knows no such thing.`,
    );
  }
  return {
    cwd,
    env: env ?? undefined,
    argv0,
    uid,
    gid,
    killTree,
    ownSession: killTree || options.startNewSession === true,
    graceMs: Math.max(graceMs, 0),
    dieWithParent,
    windowsHide: options.windowsHide ?? true,
    passFds: passFds.map((fd) => requirePassed(fd, where)),
  };
}

export function requireOptions<T extends object>(options: T, where: string): T {
  if (typeof options !== "object" || options === null)
    throw new ArgumentTypeError(`${where} expects options, but got ${describe(options)}.`);
  return options;
}

function requireKnown(options: object, where: string): void {
  for (const [name, remedy] of Object.entries(REFUSED))
    if (name in options) throw new ArgumentRangeError(`${where} has no option ${name}. ${remedy}.`);
}

function requireStart({ cwd, env, argv0 }: SubprocessOptions, where: string): void {
  if (cwd !== undefined && typeof cwd !== "string" && !(cwd instanceof URL))
    throw new ArgumentTypeError(`${where}: cwd must be a path, but it is ${describe(cwd)}.`);
  if (env !== undefined && (typeof env !== "object" || Array.isArray(env)))
    throw new ArgumentTypeError(`${where}: env must be an object of strings, but it is ${describe(env)}.`);
  if (argv0 !== undefined && typeof argv0 !== "string")
    throw new ArgumentTypeError(`${where}: argv0 must be a string, but it is ${describe(argv0)}.`);
}

function flag(value: unknown, name: string, where: string): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  throw new ArgumentTypeError(`${where}: ${name} must be true or false, but it is ${describe(value)}.`);
}

function requirePassed(fd: unknown, where: string): number {
  if (typeof fd === "number" && Number.isInteger(fd) && fd >= FIRST_FREE) return fd;
  throw new ArgumentRangeError(
    `${where}: passFds must hold descriptors from ${FIRST_FREE} on, but it has ${describe(fd)}.`,
  );
}
