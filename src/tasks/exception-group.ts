import { requireFunction } from "../core/arguments.ts";
import { ArgumentTypeError } from "../core/errors.ts";
import { inspectSymbol } from "../core/inspect.ts";

/** What `subgroup` and `split` select by: an error class, or a function that judges one error. */
export type ErrorMatch = (new (...args: never[]) => Error) | ((error: unknown) => boolean);

/**
 * Several errors at once: what a task group throws. `errors` holds them, groups among them included.
 *
 * @example
 * const group = new ExceptionGroup([new TypeError("a"), new RangeError("b")], "two of them");
 * const [types, rest] = group.split(TypeError);
 * console.log(types?.errors.length, rest?.errors.length); // => 1 1
 *
 * Python: `ExceptionGroup`, with the arguments in the order of `AggregateError`.
 */
export class ExceptionGroup extends AggregateError {
  override readonly name = "ExceptionGroup";
  readonly code = "GYRE_EXCEPTION_GROUP";

  constructor(errors: Iterable<unknown>, message = "Several errors occurred", options?: ErrorOptions) {
    super(errors, message, options);
    if (this.errors.length === 0) {
      throw new ArgumentTypeError("new ExceptionGroup(errors) expects at least one error, but got none.");
    }
  }

  /** The group with only those errors that match, at any depth; null if none does. */
  subgroup(match: ErrorMatch): ExceptionGroup | null {
    return this.split(match)[0];
  }

  /** The group parted in two: the errors that match, and the rest, both nested as they were; null for an empty side. */
  split(match: ErrorMatch): [match: ExceptionGroup | null, rest: ExceptionGroup | null] {
    return this.#split(toPredicate(match));
  }

  /** A group of other errors with the same message and cause. Subclasses override it to keep their class. */
  derive(errors: Iterable<unknown>): ExceptionGroup {
    return new ExceptionGroup(
      errors,
      this.message,
      this.cause === undefined ? undefined : { cause: this.cause },
    );
  }

  /** The group with its stack, and below it, indented, its errors as they print themselves. */
  [inspectSymbol](
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    const members = this.errors.map((error, index) => `  ${index + 1}. ${indent(inspect(error, options))}`);
    const cause = this.cause === undefined ? [] : [`  caused by: ${indent(inspect(this.cause, options))}`];
    return [this.stack ?? `${this.name}: ${this.message}`, ...members, ...cause].join("\n");
  }

  #split(matches: (error: unknown) => boolean): [ExceptionGroup | null, ExceptionGroup | null] {
    if (matches(this)) return [this, null];
    const matching: unknown[] = [];
    const rest: unknown[] = [];
    for (const error of this.errors) {
      if (!(error instanceof ExceptionGroup)) {
        (matches(error) ? matching : rest).push(error);
        continue;
      }
      const [inner, innerRest] = error.#split(matches);
      if (inner !== null) matching.push(inner);
      if (innerRest !== null) rest.push(innerRest);
    }
    return [this.#deriveOrNull(matching), this.#deriveOrNull(rest)];
  }

  #deriveOrNull(errors: readonly unknown[]): ExceptionGroup | null {
    if (errors.length === 0) return null;
    const group = this.derive(errors);
    // A part was thrown where the whole was, for the same reason.
    if (this.stack !== undefined) group.stack = this.stack;
    if (this.cause !== undefined) group.cause = this.cause;
    return group;
  }
}

function toPredicate(match: ErrorMatch): (error: unknown) => boolean {
  requireFunction(match, "group.split(match)", "Pass an error class or a function that judges one error.");
  if (isErrorClass(match)) return (error) => error instanceof match;
  return match; // what is no class is a predicate
}

function isErrorClass(match: ErrorMatch): match is new (...args: never[]) => Error {
  return match === Error || match.prototype instanceof Error;
}

function indent(text: string): string {
  return text.replaceAll("\n", "\n     ");
}
