import { ArgumentTypeError, RuntimeError } from "../../core/errors.ts";

export function loopGone(): RuntimeError {
  return new RuntimeError(
    "GYRE_LOOP_CLOSED",
    "The loop that this LoopRemote leads to is closed, or the remote itself. What was asked for may or may not have been done.",
  );
}

export function notExposed(name: unknown, names: readonly string[]): ArgumentTypeError {
  return new ArgumentTypeError(
    `Nothing of the name ${JSON.stringify(name)} is exposed to other threads. loop.remote({ … }) was given: ${names.join(", ") || "nothing"}.`,
  );
}
