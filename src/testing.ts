/** `gyre/testing`: deterministic tests. */

export type { OutsidePolicy } from "./loops/virtual/driver.ts";
export { VirtualEventLoop, type VirtualLoopOptions } from "./loops/virtual/event-loop.ts";
export { LeakedTasksError, ReportedError } from "./testing/attempt.ts";
export { type Exploration, ExplorationError, explore, type ExploreOptions } from "./testing/explore.ts";
export { runVirtual, type RunVirtualOptions } from "./testing/run-virtual.ts";
export { type AllTasksBlockedOptions, waitAllTasksBlocked } from "./testing/all-tasks-blocked.ts";
export {
  memoryStreamPair,
  type MemoryStreamOptions,
  memoryTransportPair,
  type MemoryTransportOptions,
} from "./testing/memory-streams.ts";
export { BrokenSequenceError, Sequencer } from "./testing/sequencer.ts";
