/** The async contexts that callbacks of the host are entered in. One costs some 350 bytes, so that connections of a server share theirs. */

import { Context } from "./context.ts";
import type { EventLoop } from "./event-loop.ts";
import {
  type CapturedContext,
  captureContext,
  currentScope,
  enterScope,
  runInScope,
  Scope,
} from "./scope.ts";

/** One who enters frames. */
export interface Visitor {
  moveInto(scope: Scope): void;
}

/** A captured async context with a scope of ours inside it, so that entering it builds nothing. */
export class CallbackFrame {
  readonly loop: EventLoop;
  readonly #scope: Scope;
  readonly #captured: CapturedContext;

  protected constructor(loop: EventLoop, scope: Scope) {
    this.loop = loop;
    this.#scope = scope;
    this.#captured = runInScope(scope, captureContext);
  }

  /** That of the running code, with a copy of its variables. */
  static capture(loop: EventLoop): CallbackFrame {
    return new CallbackFrame(loop, new Scope(loop, copyOfCurrent()));
  }

  enter<A>(_visitor: Visitor, fn: (argument: A) => void, argument: A): void {
    this.#captured.runInAsyncScope(fn, undefined, argument);
  }

  /** The same async context, with another scope inside it. */
  around(scope: Scope): CallbackFrame {
    return this.#captured.runInAsyncScope(() => new CallbackFrame(this.loop, scope));
  }

  /** One in which another visitor can set variables that nobody else sees. */
  forOneMore(): CallbackFrame {
    return this.around(new Scope(this.loop, this.#scope.context.copy()));
  }
}

/** A frame of many visitors, who all see the same variables. One who sets a variable gets a scope of its own. */
export class SharedFrame extends CallbackFrame {
  readonly #scope: SharedScope;

  private constructor(loop: EventLoop, scope: SharedScope) {
    super(loop, scope);
    this.#scope = scope;
  }

  static override capture(loop: EventLoop): SharedFrame {
    return new SharedFrame(loop, new SharedScope(loop, copyOfCurrent()));
  }

  override enter<A>(visitor: Visitor, fn: (argument: A) => void, argument: A): void {
    const before = this.#scope.admit(visitor);
    try {
      super.enter(visitor, fn, argument);
    } finally {
      this.#scope.admit(before);
    }
  }

  override forOneMore(): CallbackFrame {
    return this;
  }
}

/** The scope of whoever's callback runs. */
class SharedScope extends Scope {
  readonly #common: Context;
  #visitor: Visitor | null = null;

  constructor(loop: EventLoop, common: Context) {
    super(loop, common);
    this.#common = common;
  }

  /** The next one to run, in place of one who is returned. */
  admit(visitor: Visitor | null): Visitor | null {
    const before = this.#visitor;
    this.#visitor = visitor;
    this.context = this.#common;
    return before;
  }

  /**
   * Lets the visitor move. What it has still to do in this call, and what was begun in it, goes on in the new scope. An async function
   * that was begun before and comes late, when nobody visits, sets its variables for itself.
   */
  override contextToChange(): Context {
    if (this.context !== this.#common) return this.context;
    const own = new Scope(this.loop, this.#common.copy());
    enterScope(own);
    if (this.#visitor === null) return own.context;
    this.#visitor.moveInto(own);
    this.context = own.context;
    return own.context;
  }
}

function copyOfCurrent(): Context {
  return currentScope()?.context.copy() ?? new Context();
}
