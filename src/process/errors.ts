/** Errors of child processes. */

import { constants } from "node:os";
import type { Command } from "./command.ts";
import { signalName } from "./signals.ts";

const TAIL = 2000; // characters of stderr in a message

export interface ProcessOutcome {
  readonly command: Command;
  readonly pid: number;
  readonly returncode: number;
  /** The last bytes of stderr, if it came through a pipe. */
  readonly stderr: Buffer | null;
  /** What stdout gave to `communicate`. */
  readonly stdout: Buffer | null;
}

/**
 * A child that was to succeed did not: it ended with another exit code than 0, or by a signal.
 *
 * Python: `subprocess.CalledProcessError`.
 */
export class ProcessError extends Error {
  override readonly name = "ProcessError";
  readonly code = "GYRE_PROCESS_FAILED";
  /** As it would be typed; long ones are cut. */
  readonly command: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly pid: number;
  /** The exit code, or -N if signal N ended it. */
  readonly returncode: number;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer | null;
  /** Of stderr, its end. */
  readonly stderr: Buffer | null;

  constructor({ command, pid, returncode, stdout, stderr }: ProcessOutcome) {
    super(`The command ${howItEnded(returncode)}: ${command.text}${tailOf(stderr)}`);
    this.command = command.text;
    this.program = command.program;
    this.args = command.args;
    this.pid = pid;
    this.returncode = returncode;
    this.signal = returncode < 0 ? signalName(-returncode) : null;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/**
 * A signal was sent to a process that has ended. It has the shape of the system's errors.
 *
 * Python: `ProcessLookupError`.
 */
export class ProcessLookupError extends Error {
  override readonly name = "ProcessLookupError";
  readonly code = "ESRCH";
  readonly errno = -constants.errno.ESRCH;
  readonly syscall = "kill";
}

function howItEnded(returncode: number): string {
  if (returncode >= 0) return `exited with code ${returncode}`;
  return `was ended by ${signalName(-returncode) ?? `signal ${-returncode}`}`;
}

function tailOf(stderr: Buffer | null): string {
  const text = stderr === null ? "" : String(stderr).trim();
  if (text === "") return "";
  return `\n${text.length > TAIL ? `…${text.slice(-TAIL)}` : text}`;
}
