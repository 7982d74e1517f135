import { RuntimeError } from "../core/errors.ts";
import { isDarwin } from "../native/constants.ts";
import { Epoll } from "../native/epoll.ts";
import { Kqueue } from "../native/kqueue.ts";
import { libc } from "../native/libc.ts";
import { Poll } from "../native/poll.ts";
import { Selector } from "./selector.ts";

/**
 * A selector on epoll(7), for Linux: waiting costs as much as there is ready, and not as much as there is registered.
 *
 * Python: `selectors.EpollSelector`.
 */
export class EpollSelector<T = unknown> extends Selector<T> {
  /** @throws RuntimeError `GYRE_NOT_SUPPORTED` - on another system or host, or without the package koffi */
  constructor() {
    requireSystem(!isDarwin, "EpollSelector", "Linux");
    super(new Epoll());
  }
}

/**
 * A selector on kqueue(2), for macOS. Written after the documented layouts: it has not been run on the real system yet.
 *
 * Python: `selectors.KqueueSelector`.
 */
export class KqueueSelector<T = unknown> extends Selector<T> {
  /** @throws RuntimeError `GYRE_NOT_SUPPORTED` - on another system or host, or without the package koffi */
  constructor() {
    requireSystem(isDarwin, "KqueueSelector", "macOS");
    super(new Kqueue());
  }
}

/** A selector on poll(2), which works everywhere and also takes files. Python: `selectors.PollSelector`. */
export class PollSelector<T = unknown> extends Selector<T> {
  /** @throws RuntimeError `GYRE_NOT_SUPPORTED` - on another system or host, or without the package koffi */
  constructor() {
    libc("PollSelector");
    super(new Poll());
  }
}

/** The best one of this system. Python: `selectors.DefaultSelector`. */
export const DefaultSelector = isDarwin ? KqueueSelector : EpollSelector;
export type DefaultSelector<T = unknown> = EpollSelector<T> | KqueueSelector<T>;

function requireSystem(isHere: boolean, name: string, system: string): void {
  libc(name); // says so where nothing native works
  if (isHere) return;
  throw new RuntimeError("GYRE_NOT_SUPPORTED", `${name} needs ${system}. Use DefaultSelector.`);
}
