/** Signals by name and by number. */

import { constants } from "node:os";
import { describe } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../core/errors.ts";

/** A signal: `"SIGTERM"`, or its number on this system. */
export type Signal = NodeJS.Signals | number;

const NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals));
const HIGHEST = 64; // the last of the real-time signals, which have no names here

/** @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` */
export function signalNumber(signal: unknown, where: string): number {
  if (typeof signal === "number") {
    if (Number.isInteger(signal) && signal >= 0 && signal <= HIGHEST) return signal;
    throw unknown(signal, where);
  }
  if (typeof signal !== "string") {
    throw new ArgumentTypeError(
      `${where} expects a signal, by name ("SIGTERM") or number, but got ${describe(signal)}.`,
    );
  }
  const number = NUMBERS.get(signal);
  if (number === undefined) throw unknown(signal, where);
  return number;
}

/** The name by which the host knows a signal. */
export function signalName(number: number): NodeJS.Signals | null {
  for (const [name, known] of NUMBERS) if (known === number) return name as NodeJS.Signals;
  return null;
}

/** As Python's `returncode` has it: the exit code, or -N when signal N ended the process. */
export function returncodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  if (signal !== null) return -(NUMBERS.get(signal) ?? 0);
  return code ?? 0;
}

function unknown(signal: string | number, where: string): ArgumentRangeError {
  const hint =
    typeof signal === "string" && NUMBERS.has(`SIG${signal.toUpperCase()}`)
      ? ` Write "SIG${signal.toUpperCase()}".`
      : "";
  return new ArgumentRangeError(`${where}: this system has no signal ${describe(signal)}.${hint}`);
}
