import { CallbackFrame, SharedFrame, type Visitor } from "./callback-frame.ts";
import type { EventLoop } from "./event-loop.ts";
import { nameOf } from "./inspect.ts";
import { HostReport } from "./scheduler.ts";
import { capturedContextsAreConstant, type Scope } from "./scope.ts";

/**
 * The context that something long-lived was made in, such as a transport: what the host reports to it runs there, as code of
 * the loop and of no task. Unlike a {@link Handle} it is entered again and again, and variables set in it stay set.
 */
export class CallbackContext implements Visitor {
  #frame: CallbackFrame;

  constructor(loop: EventLoop, frame: CallbackFrame = CallbackFrame.capture(loop)) {
    this.#frame = frame;
  }

  get loop(): EventLoop {
    return this.#frame.loop;
  }

  /** To be asked in each call of the host: whether what it reports may run now, or has to wait for its turn. */
  mayRunNow(): boolean {
    this.loop.scheduler.noteHostCall();
    return this.loop.scheduler.free;
  }

  /** Calls `fn(argument)` now if nothing is queued before it, else in its turn. What it throws is reported. */
  dispatch<A>(fn: (argument: A) => void, argument: A): void {
    if (this.mayRunNow()) this.run(fn, argument);
    else this.soon(fn, argument);
  }

  soon<A>(fn: (argument: A) => void, argument: A): void {
    this.loop.scheduler.enqueueReport(new Report(this, fn, argument));
  }

  run<A>(fn: (argument: A) => void, argument: A): void {
    try {
      this.#frame.enter(this, fn, argument);
    } catch (exception) {
      this.loop.callExceptionHandler({ message: `Exception in callback ${nameOf(fn)}`, exception });
    }
  }

  /** @internal For frames: from now on it is entered in a scope of its own. */
  moveInto(scope: Scope): void {
    this.#frame = this.#frame.around(scope);
  }
}

/**
 * The surroundings of many that are of equal birth, such as the connections of a server: each sees the variables of where this was
 * made, and none sees what another one sets.
 */
export class CallbackContexts {
  readonly #frame: CallbackFrame;

  constructor(loop: EventLoop) {
    this.#frame = capturedContextsAreConstant() ? SharedFrame.capture(loop) : CallbackFrame.capture(loop);
  }

  make(): CallbackContext {
    return new CallbackContext(this.#frame.loop, this.#frame.forOneMore());
  }
}

/** What the host reported, while it waits in the ready queue. */
class Report<A> extends HostReport {
  readonly lane: CallbackContext;
  readonly #fn: (argument: A) => void;
  readonly #argument: A;

  constructor(context: CallbackContext, fn: (argument: A) => void, argument: A) {
    super();
    this.lane = context;
    this.#fn = fn;
    this.#argument = argument;
  }

  run(): void {
    this.lane.run(this.#fn, this.#argument);
  }

  override toString(): string {
    return nameOf(this.#fn);
  }
}
