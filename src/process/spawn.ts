/** Starts a child, and says why it could not. */

import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants as files, statSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { hasCode } from "../core/error-codes.ts";
import { runInRoot } from "../core/scope.ts";
import { type Command, throughShell } from "./command.ts";
import type { CheckedOptions } from "./options.ts";
import type { Stdio } from "./stdio.ts";
import { expectNoMore, expectTree } from "./terminal.ts";
import { watchdog } from "./watchdog.ts";

/** A child that runs, and the ends of its pipes. */
export interface Spawned {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
}

/** The host's shape of system errors. */
interface SpawnError extends Error {
  code: string;
  errno: number;
  syscall: string;
  path: string;
  spawnargs: readonly string[];
}

const FIRST_FREE = 3; // the descriptor after the standard streams
const LAST_OF_SHELLS = 9; // redirections of other descriptors are not in every shell

/** A failure comes as an error of the system: `ENOENT`, `EACCES`, `EMFILE` and their like. */
export async function spawnChild(command: Command, options: CheckedOptions, stdio: Stdio): Promise<Spawned> {
  const unwatched = options.dieWithParent ? watchdog.ready() : null;
  if (unwatched !== null) throw await unwatched;
  expectTree();
  const { child, failed } = launch(command, options, stdio);
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined) {
    dismiss();
    throw explain(await failed, command, options);
  }
  if (options.dieWithParent) watchdog.watch(pid);
  keepStreams(child);
  return { child, pid, stdin, stdout, stderr };
}

function launch(command: Command, options: CheckedOptions, stdio: Stdio): Launched {
  try {
    return runInRoot(() => start(command, options, stdio));
  } catch (error) {
    dismiss();
    throw error instanceof Error ? explain(error, command, options) : error;
  }
}

function dismiss(): void {
  expectNoMore();
  watchdog.dismiss();
}

interface Launched {
  readonly child: ChildProcess;
  /** Why there is none. */
  readonly failed: Promise<Error>;
}

function start(command: Command, options: CheckedOptions, stdio: Stdio): Launched {
  const { cwd, env, uid, gid, windowsHide } = options;
  const merged = stdio.merged && process.platform !== "win32";
  const slots: (string | number)[] = [...stdio.slots];
  for (const fd of options.passFds) put(slots, fd, fd);
  const register = options.dieWithParent ? placeRegister(slots, options) : null;
  const direct = !merged && register === null;
  if (!direct) requireProgram(command, options);
  const { program, args } = direct
    ? command
    : throughShell(command, { merged, register }, env ?? process.env);
  const child = spawn(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(options.argv0 === undefined || !direct ? {} : { argv0: options.argv0 }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    windowsHide,
    detached: options.ownSession && process.platform !== "win32",
    // The host's type knows fewer forms than its function.
    stdio: slots as ("pipe" | "ignore" | "inherit" | number)[],
  });
  // An error after the start is one of a signal that could not be sent, which is known already to whoever sent it.
  const failed = new Promise<Error>((settle) => child.on("error", settle));
  return { child, failed };
}

/**
 * Gives the child the way to the watchdog: it makes itself known before it becomes the program, so that there is no moment
 * when this process could die and leave it. Nobody can do that for a program with a name of its choice; then this process does
 * it right after the start.
 */
function placeRegister(slots: (string | number)[], { argv0 }: CheckedOptions): number | null {
  const { descriptor } = watchdog;
  if (descriptor === null || argv0 !== undefined) return null;
  for (let fd = FIRST_FREE; fd <= LAST_OF_SHELLS; fd++) {
    if (typeof slots[fd] === "number") continue;
    put(slots, fd, descriptor);
    return fd;
  }
  return null;
}

function put(slots: (string | number)[], at: number, fd: number): void {
  while (slots.length < at) slots.push("ignore");
  slots[at] = fd;
}

/** The host would end stdin and drain what nobody has read yet as soon as the child has ended; both are for us to do. */
function keepStreams(child: ChildProcess): void {
  child.stdio.splice(0);
  child.stdin = null;
}

/** What only the shell would find out, too late to be an error of the start. */
function requireProgram(command: Command, options: CheckedOptions): void {
  const error = findProblem(command.program, options);
  if (error !== null) throw spawnError(error, command);
}

function findProblem(program: string, { cwd, env }: CheckedOptions): "ENOENT" | "EACCES" | null {
  const base = directoryOf(cwd);
  if (!isDirectory(base)) return "ENOENT";
  const path = (env ?? process.env)["PATH"] ?? "/usr/local/bin:/usr/bin:/bin";
  const candidates = program.includes("/")
    ? [resolve(base, program)]
    : path.split(delimiter).map((folder) => resolve(base, folder, program));
  const problems = candidates.map(executableProblem);
  if (problems.includes(null)) return null;
  return problems.includes("EACCES") ? "EACCES" : "ENOENT";
}

function executableProblem(file: string): "ENOENT" | "EACCES" | null {
  try {
    accessSync(file, files.X_OK);
    return statSync(file).isFile() ? null : "EACCES";
  } catch (error) {
    return hasCode(error, "EACCES") ? "EACCES" : "ENOENT";
  }
}

function spawnError(code: "ENOENT" | "EACCES", { program, args }: Command): SpawnError {
  const error = new Error(`spawn ${program} ${code}`);
  const syscall = `spawn ${program}`;
  return Object.assign(error, {
    code,
    errno: -constants.errno[code],
    syscall,
    path: program,
    spawnargs: args,
  });
}

/** Says what the system's code leaves open: which of the two was not found. */
function explain(error: Error, { program }: Command, { cwd }: CheckedOptions): Error {
  const code = "code" in error ? error.code : undefined;
  const directory = directoryOf(cwd);
  if (cwd !== undefined && (code === "ENOENT" || code === "ENOTDIR") && !isDirectory(directory)) {
    error.message += `: there is no directory ${directory} to start it in`;
    return Object.assign(error, { path: directory });
  }
  if (code === "ENOENT") {
    error.message += program.includes("/")
      ? ": there is no such program"
      : `: no directory of PATH has a program called ${program}`;
    if (/\s/.test(program))
      error.message += `. Pass the arguments one by one, createSubprocessExec(program, [arg, …]), or use createSubprocessShell`;
  } else if (code === "EACCES") error.message += ": it is no program that may be run";
  else if (code === "EMFILE") error.message += ": this process has too many files open";
  return error;
}

function directoryOf(cwd: string | URL | undefined): string {
  if (cwd === undefined) return process.cwd();
  return cwd instanceof URL ? fileURLToPath(cwd) : cwd;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
