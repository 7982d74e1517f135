/**
 * Looks again and again at the world outside of a loop that waits for it, and tells whether the host still has anything open
 * that could wake somebody.
 */

import { runInRoot } from "../../core/scope.ts";
import { watchForExit } from "../base/exits.ts";
import { KeepAlive } from "../base/keep-alive.ts";
import { hostIsBusy, hostTells } from "./host-activity.ts";

const INTERVAL = 1; // ms

/** The timers of all watches: one loop's is no reason for another one to go on waiting. */
let armed = 0;

export class OutsideWatch {
  readonly #onLook: (isBusy: () => boolean) => void;
  #timer: NodeJS.Timeout | null = null;
  #stopWatchingExit: (() => void) | null = null;

  constructor(onLook: (isBusy: () => boolean) => void) {
    this.#onLook = onLook;
  }

  /** Looks once, in a moment, and keeps the process alive until then. */
  request(): void {
    if (this.#timer !== null) return;
    this.#timer = runInRoot(() => setTimeout(this.#onTimer, INTERVAL));
    armed++;
    if (hostTells()) return;
    this.#timer.unref(); // the end of the process is what tells then
    this.#stopWatchingExit = watchForExit(() => this.#look(() => false));
  }

  stop(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#disarm();
  }

  readonly #onTimer = (): void => {
    this.#timer?.unref(); // else it counts as open as long as it runs
    this.#look(() => !hostTells() || hostIsBusy(armed + KeepAlive.count));
  };

  #look(isBusy: () => boolean): void {
    this.stop();
    this.#onLook(isBusy);
  }

  #disarm(): void {
    this.#timer = null;
    armed--;
    this.#stopWatchingExit?.();
    this.#stopWatchingExit = null;
  }
}
