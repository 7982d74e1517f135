/** `createSubprocessExec` and `createSubprocessShell`: children with streams. */

import type { EventLoop } from "../core/event-loop.ts";
import { currentLoop } from "../core/loops.ts";
import { type LimitOption, withLimit } from "../net/streams/limit.ts";
import { requireOptions, type SubprocessOptions } from "./options.ts";
import { Process } from "./process.ts";
import type { SubprocessTransport } from "./protocols.ts";
import { SubprocessStreamProtocol } from "./stream-protocol.ts";

export interface ProcessOptions extends SubprocessOptions, LimitOption {
  /** Whether `communicate` fails with a `ProcessError` unless the exit code is 0; false by default. */
  readonly check?: boolean | undefined;
}

/**
 * Starts a program, without a shell.
 *
 * @param program - its name, looked up in PATH, or its path
 * @param args - its arguments, each as it is: nothing is to be quoted
 * @param options.stdin - PIPE, DEVNULL, a descriptor, a FileHandle or "inherit", the default; likewise `stdout`, and `stderr`,
 *   which may also be STDOUT
 * @param options.limit - of the readers: the longest line in bytes, and half of what is buffered; 65,536 by default
 * @param options.cwd - where it starts
 * @param options.env - its whole environment
 * @param options.killTree - whether it leads a session of its own, and is ended with all its descendants; true by default
 * @param options.graceMs - milliseconds between SIGTERM and SIGKILL when gyre ends it; 5,000 by default
 * @param options.dieWithParent - whether it ends when this process dies, in whatever way; false by default
 * @param options.check - whether `communicate` fails unless the exit code is 0
 * @throws Error with the system's code - `ENOENT` if there is no such program or directory, `EACCES`, `EMFILE`
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @throws RuntimeError `GYRE_NOT_SUPPORTED` - the loop has a clock of its own, as the virtual one
 * @example
 * const child = await createSubprocessExec("uname", ["-s"], { stdout: PIPE });
 * const [output] = await child.communicate();
 * console.log(String(output).trim()); // such as Linux
 *
 * Cancel safety: the child is killed, and waited for. Python: `asyncio.create_subprocess_exec`.
 */
export function createSubprocessExec(
  program: string | URL,
  args: readonly string[] = [],
  options: ProcessOptions = {},
): Promise<Process> {
  return create(options, "createSubprocessExec(program, args, options)", (loop, makeProtocol) =>
    loop.subprocessExec(makeProtocol, program, args, inheriting(options)),
  );
}

/**
 * Runs a command with the system's shell: `/bin/sh`, or `cmd.exe` on Windows. Never put what others wrote into the command;
 * `createSubprocessExec` takes arguments that need no quoting.
 *
 * @param command - as it would be typed
 * @param options - as of {@link createSubprocessExec}
 * @throws Error as {@link createSubprocessExec}; that the shell finds no program is an exit code, 127
 * @example
 * const child = await createSubprocessShell("ls | wc -l", { stdout: PIPE });
 * const [count] = await child.communicate();
 *
 * Cancel safety: the shell and what it has started are killed. Python: `asyncio.create_subprocess_shell`.
 */
export function createSubprocessShell(command: string, options: ProcessOptions = {}): Promise<Process> {
  return create(options, "createSubprocessShell(command, options)", (loop, makeProtocol) =>
    loop.subprocessShell(makeProtocol, command, inheriting(options)),
  );
}

type MakeProtocol = () => SubprocessStreamProtocol;
type Start = (
  loop: EventLoop,
  makeProtocol: MakeProtocol,
) => Promise<[transport: SubprocessTransport, protocol: SubprocessStreamProtocol]>;

/** What is wrong with a type is thrown at once, hence outside of any async function. */
function create(options: ProcessOptions, where: string, start: Start): Promise<Process> {
  return withLimit(requireOptions(options, where), where, (limit) => {
    const loop = currentLoop();
    const starting = start(loop, () => new SubprocessStreamProtocol(limit, loop));
    return finish(starting, options.check === true);
  });
}

async function finish(starting: ReturnType<Start>, checked: boolean): Promise<Process> {
  const [, protocol] = await starting;
  return new Process(protocol.transport, protocol, checked);
}

/** A child's streams are those of this process unless something else is asked for; only a loop's own methods make pipes. */
function inheriting(options: ProcessOptions): SubprocessOptions {
  const { stdin = null, stdout = null, stderr = null } = options;
  return { ...options, stdin, stdout, stderr };
}
