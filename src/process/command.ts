/** What is to be run, as the system takes it and as people read it. */

import { describe } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../core/errors.ts";

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** For errors: how it would be typed. */
  readonly text: string;
}

const LONGEST = 300; // characters of a command in an error
const PLAIN = /^[\w@%+=:,./-]+$/;

/** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` */
export function execCommand(program: unknown, args: unknown, where: string): Command {
  const path = program instanceof URL ? program.pathname : program;
  if (typeof path !== "string")
    throw new ArgumentTypeError(`${where} expects the name of a program, but got ${describe(program)}.`);
  if (!Array.isArray(args)) {
    throw new ArgumentTypeError(
      `${where} expects an array of arguments, but got ${describe(args)}. Write createSubprocessExec("ls", ["-l"]).`,
    );
  }
  const words: string[] = args.map((arg: unknown) => {
    if (typeof arg === "string") return arg;
    throw new ArgumentTypeError(`${where} expects strings as arguments, but got ${describe(arg)}.`);
  });
  for (const word of [path, ...words]) requireNoNull(word, where);
  if (path === "") throw new ArgumentRangeError(`${where} expects the name of a program, but got nothing.`);
  return { program: path, args: words, text: cut([path, ...words].map(quote).join(" ")) };
}

/** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` */
export function shellCommand(command: unknown, where: string): Command {
  if (typeof command !== "string")
    throw new ArgumentTypeError(`${where} expects a command as a string, but got ${describe(command)}.`);
  requireNoNull(command, where);
  if (process.platform === "win32") {
    const shell = process.env["ComSpec"] ?? "cmd.exe";
    return { program: shell, args: ["/d", "/s", "/c", command], text: cut(command) };
  }
  return { program: "/bin/sh", args: ["-c", command], text: cut(command) };
}

export interface ShellSteps {
  /** Whether stderr goes where stdout goes: only the system can keep the order of both. */
  readonly merged: boolean;
  /** The descriptor to which the child writes its number first, in the form that the watchdog reads. */
  readonly register: number | null;
}

/** What a shell makes or changes in the environment of what it executes. */
const OF_THE_SHELL = ["PWD", "OLDPWD", "SHLVL"];

/** The same command, after a shell has done what has to be done before and cannot be done by the host. */
export function throughShell(
  command: Command,
  { merged, register }: ShellSteps,
  env: Readonly<Record<string, string | undefined>>,
): Command {
  const strange = OF_THE_SHELL.filter((name) => env[name] === undefined);
  const steps = [
    ...(register === null ? [] : [`trap '' PIPE; echo "+ $$" >&${register} 2>/dev/null; trap - PIPE`]),
    ...(strange.length === 0 ? [] : [`unset ${strange.join(" ")}`]),
    `exec "$0" "$@"${merged ? " 2>&1" : ""}${register === null ? "" : ` ${register}>&-`}`,
  ];
  return {
    ...command,
    program: "/bin/sh",
    args: ["-c", steps.join("; "), command.program, ...command.args],
  };
}

function quote(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function requireNoNull(word: string, where: string): void {
  if (word.includes("\0"))
    throw new ArgumentRangeError(`${where}: a command cannot hold the null character.`);
}
