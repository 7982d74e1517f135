/** Context variables with asyncio's rules: a task runs in a copy of its creator's context, and all its steps share it. */

import { describe, requireFunction } from "./arguments.ts";
import { ArgumentRangeError, ArgumentTypeError, LookupError, RuntimeError } from "./errors.ts";
import { currentScope, enterScope, runInScope, Scope } from "./scope.ts";

type Values = ReadonlyMap<ContextVar<unknown>, unknown>;

const NO_VALUES: Values = new Map();

/**
 * A set of values of context variables. Copying is free: the values are shared until one side sets a variable.
 *
 * Python: `contextvars.Context`. One difference: a context may be entered again while it is entered already.
 */
export class Context {
  #values: Values = NO_VALUES;
  /** What came from another thread, where the variables are other objects of the same names. */
  #named: ReadonlyMap<string, unknown> | null = null;

  /** How many variables have a value here. */
  get size(): number {
    return this.#values.size;
  }

  /**
   * Calls `fn` in this context; what it sets is visible in this context afterwards.
   *
   * @param fn - called at once; if it is async, the code after its awaits runs in this context too
   * @returns what `fn` returns
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - `fn` is not a function
   * @example
   * const user = new ContextVar<string>("user");
   * const context = copyContext();
   * context.run(() => user.set("ada"));
   * console.log(context.get(user)); // => ada
   */
  run<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: A): R {
    requireFunction(fn, "context.run(fn)");
    const scope = currentScope();
    return runInScope(new Scope(scope?.loop ?? null, this, scope?.task), () => fn(...args));
  }

  copy(): Context {
    const copy = new Context();
    copy.#values = this.#values;
    copy.#named = this.#named;
    return copy;
  }

  get<T>(variable: ContextVar<T>): T | undefined {
    // A context maps each variable to a value of that variable's type; Map cannot say so.
    if (this.#named === null || this.#values.has(variable))
      return this.#values.get(variable) as T | undefined;
    return this.#named.get(variable.name) as T | undefined;
  }

  has(variable: ContextVar<never> | ContextVar<unknown>): boolean {
    return this.#values.has(variable) || this.#named?.has(variable.name) === true;
  }

  *[Symbol.iterator](): IterableIterator<[ContextVar<unknown>, unknown]> {
    yield* this.#values;
  }

  /** @internal A context whose variables are known by their names only. */
  static named(values: ReadonlyMap<string, unknown>): Context {
    const context = new Context();
    context.#named = values;
    return context;
  }

  /** @internal Contexts are changed through their variables. */
  static assign(context: Context, variable: ContextVar<unknown>, value: unknown): void {
    context.#values = new Map(context.#values).set(variable, value);
  }

  /** @internal */
  static remove(context: Context, variable: ContextVar<unknown>): void {
    const values = new Map(context.#values);
    values.delete(variable);
    context.#values = values;
  }
}

/**
 * A variable with a value for each context.
 *
 * Python: `contextvars.ContextVar`, also where it throws `LookupError`.
 *
 * @example
 * const requestId = new ContextVar<string>("requestId", { default: "none" });
 * requestId.set("r-1");
 * console.log(requestId.get()); // => r-1
 */
export class ContextVar<T> {
  readonly name: string;
  readonly #default: { readonly value: T } | null;

  constructor(name: string, options: { default?: T } = {}) {
    if (typeof name !== "string") {
      throw new ArgumentTypeError(`new ContextVar(name) expects a string, but got ${describe(name)}.`);
    }
    this.name = name;
    this.#default = "default" in options ? { value: options.default } : null;
  }

  /**
   * The value in the current context, else `fallback`, else the default.
   *
   * @throws LookupError `GYRE_NO_VALUE` - there is none of the three
   */
  get(fallback?: T): T;
  get(...fallback: [T?]): T {
    const context = currentContext();
    const key = this as ContextVar<unknown>;
    if (context?.has(key)) return context.get(this) as T;
    if (fallback.length > 0) return fallback[0] as T;
    if (this.#default !== null) return this.#default.value;
    throw new LookupError(
      `The context variable "${this.name}" has no value here and no default. ` +
        "Set it first, or pass a fallback: variable.get(fallback).",
    );
  }

  /** Sets the value in the current context; the token undoes it. */
  set(value: T): Token<T> {
    const context = currentScope()?.contextToChange() ?? enterFreshContext();
    const key = this as ContextVar<unknown>;
    const previous = context.has(key) ? { value: context.get(this) as T } : null;
    Context.assign(context, key, value);
    return new Token(this, context, previous);
  }

  /**
   * Restores the value that the variable had before the `set` that returned `token`.
   *
   * @throws RuntimeError `GYRE_TOKEN_USED` - the token was used before
   * @throws RangeError `GYRE_OUT_OF_RANGE` - the token belongs to another variable or another context
   */
  reset(token: Token<T>): void {
    if (!(token instanceof Token)) {
      throw new ArgumentTypeError(
        `variable.reset(token) expects the token that set() gave, but got ${describe(token)}.`,
      );
    }
    Token.spend(token, this, currentContext());
  }

  toString(): string {
    return `<ContextVar name='${this.name}'>`;
  }
}

/** What `ContextVar.set` returns: pass it to `reset`, or dispose of it at the end of a block. */
export class Token<T> implements Disposable {
  readonly variable: ContextVar<T>;
  readonly #context: Context;
  readonly #previous: { readonly value: T } | null;
  #used = false;

  constructor(variable: ContextVar<T>, context: Context, previous: { readonly value: T } | null) {
    this.variable = variable;
    this.#context = context;
    this.#previous = previous;
  }

  /** The value before the `set`, or undefined when there was none. */
  get oldValue(): T | undefined {
    return this.#previous?.value;
  }

  [Symbol.dispose](): void {
    this.variable.reset(this);
  }

  /** @internal */
  static spend<T>(token: Token<T>, variable: ContextVar<T>, context: Context | undefined): void {
    if (token.#used) {
      throw new RuntimeError(
        "GYRE_TOKEN_USED",
        `This token of "${variable.name}" was used before; each undoes its set() once.`,
      );
    }
    if (token.variable !== variable) {
      throw new ArgumentRangeError(
        `This token belongs to the variable "${token.variable.name}", not to "${variable.name}".`,
      );
    }
    if (token.#context !== context) {
      throw new ArgumentRangeError(
        `This token of "${variable.name}" was made in another context. Reset a variable in the task or callback that set it.`,
      );
    }
    token.#used = true;
    const key = variable as ContextVar<unknown>;
    if (token.#previous === null) Context.remove(context, key);
    else Context.assign(context, key, token.#previous.value);
  }
}

/** A copy of the current context: later changes on either side do not show on the other. Python: `copy_context()`. */
export function copyContext(): Context {
  return currentContext()?.copy() ?? new Context();
}

function currentContext(): Context | undefined {
  return currentScope()?.context;
}

/** Outside of every task, a variable is set for this async execution and what it starts, as `enterWith` does. */
function enterFreshContext(): Context {
  const context = new Context();
  enterScope(new Scope(null, context));
  return context;
}
