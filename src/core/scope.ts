/**
 * Which loop, task and context variables belong to the code that runs now. One `AsyncLocalStorage` carries them through
 * every `await`, and this is the only global state of the library.
 */

import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import type { Context } from "./context.ts";
import type { EventLoop } from "./event-loop.ts";
import type { TaskScope } from "./task-scope.ts";

export class Scope {
  /** Null: no loop of ours runs this code, so the ambient one stands in. */
  readonly loop: EventLoop | null;
  /** Always the same one, but for callbacks that share a scope: see callback-frame.ts. */
  context: Context;
  /** The scope of the task whose code this is, if a task runs it. */
  readonly task: TaskScope | null;

  constructor(loop: EventLoop | null, context: Context, task: TaskScope | null = null) {
    this.loop = loop;
    this.context = context;
    this.task = task;
  }

  /** The context that the code of this scope sets variables in. */
  contextToChange(): Context {
    return this.context;
  }
}

const storage = new AsyncLocalStorage<Scope>();
const root = new AsyncResource("gyre");

export function currentScope(): Scope | undefined {
  return storage.getStore();
}

/** Puts the rest of the running code, and everything that it starts, into `scope`. */
export function enterScope(scope: Scope): void {
  storage.enterWith(scope);
}

export function runInScope<R>(scope: Scope, fn: () => R): R {
  return storage.run(scope, fn);
}

/**
 * Runs `fn` outside of every task and every other library's async context: for callbacks that the host keeps and that serve
 * the whole loop, which must not remember the task that happened to ask for them first.
 */
export function runInRoot<R>(fn: () => R): R {
  return root.runInAsyncScope(fn);
}

/** An async context to return to, the stores of other libraries included. */
export type CapturedContext = AsyncResource;

/** An `AsyncResource` costs a tenth of `AsyncLocalStorage.snapshot()`. */
export function captureContext(): CapturedContext {
  return new AsyncResource("gyre");
}

let constant: boolean | undefined;

/**
 * Whether what is entered inside a captured context is forgotten at the end of the call, so that several can share it. In Node 20 and
 * 22, where a resource carries the stores itself, it would be seen by whoever enters the resource next.
 */
export function capturedContextsAreConstant(): boolean {
  constant ??= tryConstancy();
  return constant;
}

function tryConstancy(): boolean {
  const trial = new AsyncLocalStorage<boolean>();
  const captured = captureContext();
  captured.runInAsyncScope(() => trial.enterWith(true));
  const kept = captured.runInAsyncScope(() => trial.getStore());
  trial.disable();
  return kept === undefined;
}

/**
 * Calls `fn` in a captured context, but under a scope of ours. Entering the scope inside the resource builds one context
 * frame where `AsyncLocalStorage.run` would build two.
 */
export function runCaptured<A, R>(
  captured: CapturedContext,
  scope: Scope,
  fn: (argument: A) => R,
  argument: A,
): R {
  return captured.runInAsyncScope(callInScope<A, R>, undefined, scope, fn, argument);
}

function callInScope<A, R>(scope: Scope, fn: (argument: A) => R, argument: A): R {
  storage.enterWith(scope);
  return fn(argument);
}
