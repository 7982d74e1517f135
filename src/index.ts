/** The public API of gyre: asyncio for TypeScript. */

export { Context, ContextVar, copyContext, Token } from "./core/context.ts";
export { ensureFuture, type Waitable, wrapFuture } from "./core/ensure-future.ts";
export {
  ArgumentRangeError,
  ArgumentTypeError,
  CancelledError,
  DeadlockError,
  type ErrorCode,
  InvalidStateError,
  isCancelled,
  KeyboardInterrupt,
  LookupError,
  RuntimeError,
  TimeoutError,
} from "./core/errors.ts";
export type { EventLoop, LoopStatistics, TaskFactory } from "./core/event-loop.ts";
export type { ExceptionContext, ExceptionHandler } from "./core/exception-handler.ts";
export { Future, isFuture } from "./core/future.ts";
export { Handle, TimerHandle } from "./core/handle.ts";
export { StackFrame } from "./core/stack.ts";
export { type Awaitable, type Coroutine, Task, type TaskOptions } from "./core/task.ts";
export { type LoopName, newEventLoop, registerLoop } from "./loops/registry.ts";
export { allTasks, createTask, currentTask, getRunningLoop } from "./tasks/current.ts";
export { asCompleted } from "./tasks/as-completed.ts";
export { createEagerTaskFactory, eagerTaskFactory } from "./tasks/eager.ts";
export { type ErrorMatch, ExceptionGroup } from "./tasks/exception-group.ts";
export { fetch } from "./tasks/fetch.ts";
export { gather, type Results } from "./tasks/gather.ts";
export { race } from "./tasks/race.ts";
export { Runner, type RunnerOptions, type RunOptions, run } from "./tasks/runner.ts";
export { shield } from "./tasks/shield.ts";
export { checkpoint, sleep } from "./tasks/sleep.ts";
export { TaskGroup, type TaskGroupStatistics, taskGroup } from "./tasks/task-group.ts";
export { Timeout, type TimeoutOptions, timeout, timeoutAt } from "./tasks/timeout.ts";
export { type ReturnWhen, type WaitOptions, wait } from "./tasks/wait.ts";
export { waitFor } from "./tasks/wait-for.ts";
