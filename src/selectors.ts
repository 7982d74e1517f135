/** Python's `selectors`: waiting until some of many descriptors are ready. */

export type { FileObject } from "./core/file-object.ts";
export { DefaultSelector, EpollSelector, KqueueSelector, PollSelector } from "./selectors/kinds.ts";
export type { RegisteredKeys } from "./selectors/registered-keys.ts";
export { EVENT_READ, EVENT_WRITE, Selector, type SelectorKey } from "./selectors/selector.ts";
