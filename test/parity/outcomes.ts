/** The words in which scenarios print errors: the class is the contract, the text never is. */
import {
  BrokenBarrierError,
  CancelledError,
  InvalidStateError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  TimeoutError,
} from "gyre";

/** The error of user code. */
export class Boom extends Error {}

const NAMED = [
  CancelledError,
  TimeoutError,
  InvalidStateError,
  BrokenBarrierError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  TypeError,
  Boom,
];

/** What Python calls the system's errors of these codes. */
const SYSTEM: Readonly<Record<string, string>> = {
  EACCES: "PermissionError",
  ENOENT: "FileNotFoundError",
  ESRCH: "ProcessLookupError",
};

/** The class of an error. Misuse has other classes in Python, so both sides call it "refused". */
export function nameOf(error: unknown): string {
  const named = NAMED.find((candidate) => error instanceof candidate);
  if (named) return named.name;
  const system = error instanceof Error && "code" in error ? SYSTEM[String(error.code)] : undefined;
  if (system !== undefined) return system;
  return error instanceof RangeError || isOurs(error) ? "refused" : String(error);
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("GYRE_");
}

/** What a call gives: its value, or the name of its error. */
export function attempt<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    return nameOf(error);
  }
}

/** What awaiting gives: the value, or the name of the error. A function is called first, and may throw. */
export async function outcome<T>(awaitable: PromiseLike<T> | (() => PromiseLike<T>)): Promise<T | string> {
  try {
    return await (typeof awaitable === "function" ? awaitable() : awaitable);
  } catch (error) {
    return nameOf(error);
  }
}
