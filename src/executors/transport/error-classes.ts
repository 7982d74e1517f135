/** Classes of errors that are the same on both sides. */

import * as core from "../../core/errors.ts";
import * as sync from "../../sync/errors.ts";
import { ExceptionGroup } from "../../tasks/exception-group.ts";
import { BrokenExecutorError } from "../errors.ts";

type ErrorClass = abstract new (...args: never[]) => Error;

const known = new Map<string, ErrorClass>();

/** Layers that this one does not know add theirs. */
export function knowErrors(classes: readonly unknown[]): void {
  for (const one of classes) if (isErrorClass(one)) known.set(one.name, one);
}

/** The class by its name, if both sides have it. */
export function knownErrorClass(name: string): ErrorClass | undefined {
  return known.get(name);
}

/** The name of the nearest class that both sides have. */
export function nearestKnownClass(error: Error): string {
  for (let prototype: unknown = error; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const made: unknown = (prototype as Error).constructor; // any object has one
    if (isErrorClass(made) && known.get(made.name) === made) return made.name;
  }
  return "Error";
}

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === "function" && (value === Error || value.prototype instanceof Error);
}

knowErrors([
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
  ...Object.values(core),
  ...Object.values(sync),
  ExceptionGroup,
  BrokenExecutorError,
]);
