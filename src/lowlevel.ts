/** For authors of loops: the loop without a driver, and the contract of a driver. */

export type { DriverEvents, Pace } from "./core/driver.ts";
export { Handle, TimerHandle } from "./core/handle.ts";
export type { LoopDriver } from "./loops/base/driver.ts";
export { BaseEventLoop } from "./loops/base/event-loop.ts";
export type { Readiness, ReadinessWatch, ReadinessWatcher } from "./net/descriptors/readiness.ts";
export type {
  ByteSource,
  DatagramLink,
  DatagramOptions,
  DatagramReceiver,
  Link,
  LinkReceiver,
  LinkTraits,
  Listener,
  ListenerEvents,
  ListenOptions,
  LookupHints,
  NetworkDriver,
} from "./net/driver.ts";
