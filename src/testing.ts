/** `gyre/testing`: deterministic tests. */

export { InlineExecutor } from "./executors/inline-executor.ts";
export type { OutsidePolicy } from "./loops/virtual/driver.ts";
export { VirtualEventLoop, type VirtualLoopOptions } from "./loops/virtual/event-loop.ts";
export type { LinkConditions } from "./loops/virtual/network/conditions.ts";
export { SimulatedConnection } from "./loops/virtual/network/connection.ts";
export { type CrashOptions, SimulatedHost } from "./loops/virtual/network/host.ts";
export {
  type HostOptions,
  type Hosts,
  type NetworkStatistics,
  SimulatedNetwork,
  type SimulatedNetworkOptions,
} from "./loops/virtual/network/network.ts";
export type { NetworkLimits } from "./loops/virtual/network/network-core.ts";
export { NetworkEvent } from "./loops/virtual/network/network-event.ts";
export { SimulatedLink } from "./loops/virtual/network/network-link.ts";
export type { Deviation } from "./testing/deviations.ts";
export { DifferentResultsError, LeakedTasksError, ReportedError } from "./testing/errors.ts";
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
export { LeakedResourcesError } from "./testing/checked-run.ts";
export type { Fixture } from "./testing/fixture.ts";
export { testAsync, type TestOptions, testWith } from "./testing/test-async.ts";
export { ScriptError } from "./testing/script-error.ts";
export type { ScriptPeer } from "./testing/script-peer.ts";
export { type Script, type ScriptedPeer, scriptedPeer } from "./testing/scripted-peer.ts";
export { type LoopCapabilities } from "./testing/check-event-loop/capabilities.ts";
export { checkEventLoop, type CheckEventLoopOptions } from "./testing/check-event-loop/check-event-loop.ts";
export { ContractError } from "./testing/check-event-loop/expect.ts";
export {
  type CheckResult,
  ConformanceError,
  type ConformanceReport,
} from "./testing/check-event-loop/report.ts";
