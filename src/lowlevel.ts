/** For authors of loops: the core without a driver, and the contract of a driver. */

export type { DriverEvents, LoopDriver, Pace } from "./core/driver.ts";
export { BaseEventLoop } from "./core/event-loop.ts";
export { Handle, TimerHandle } from "./core/handle.ts";
