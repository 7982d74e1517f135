/** The public API of gyre: asyncio for TypeScript. */

export { Context, ContextVar, copyContext, Token } from "./core/context.ts";
export type { Dependency } from "./core/dependency.ts";
export { ensureFuture, type Waitable, wrapFuture } from "./core/ensure-future.ts";
export {
  ArgumentRangeError,
  ArgumentTypeError,
  CancelledError,
  DeadlockError,
  type ErrorCode,
  InvalidStateError,
  isCancelled,
  LivelockError,
  KeyboardInterrupt,
  LookupError,
  RuntimeError,
  TimeoutError,
} from "./core/errors.ts";
export type { StopSignal } from "./core/driver.ts";
export type { LoopStatistics, TaskFactory } from "./core/event-loop.ts";
export type { ExceptionContext, ExceptionHandler } from "./core/exception-handler.ts";
export type { FileObject } from "./core/file-object.ts";
export { Future, isFuture } from "./core/future.ts";
export { Handle, TimerHandle } from "./core/handle.ts";
export { StackFrame } from "./core/stack.ts";
export { type Awaitable, type Coroutine, Task, type TaskOptions } from "./core/task.ts";
export type { WaitLink } from "./core/wait-graph.ts";
export { BrokenExecutorError } from "./executors/errors.ts";
export type { Executor, ExecutorFunction, MapOptions, ShutdownOptions } from "./executors/executor.ts";
export { moduleFunction, type ModuleFunction } from "./executors/functions/module-function.ts";
export type { PoolExecutorOptions } from "./executors/pools/options.ts";
export type { ExecutorStatistics } from "./executors/pools/pool-executor.ts";
export { ProcessPoolExecutor, type ProcessPoolExecutorOptions } from "./executors/process-pool-executor.ts";
export type { ExposedLoop } from "./executors/remote/exposed-loop.ts";
export type { Exposed, LoopRemote, RemoteCall } from "./executors/remote/loop-remote.ts";
export { connectRemote } from "./executors/remote/remote-client.ts";
export { runCoroutineThreadsafe } from "./executors/run-coroutine-threadsafe.ts";
export { ThreadPoolExecutor, type ThreadPoolExecutorOptions } from "./executors/thread-pool-executor.ts";
export { toThread } from "./executors/to-thread.ts";
export { transferring } from "./executors/transport/transferring.ts";
export type { EventLoop } from "./loops/base/event-loop.ts";
export { type LoopName, newEventLoop, registerLoop } from "./loops/registry.ts";
export {
  type AddressFamily,
  type AddressInfo,
  type AddressInput,
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_PASSIVE,
  IPPROTO_TCP,
  IPPROTO_UDP,
  NI_DGRAM,
  NI_NAMEREQD,
  NI_NOFQDN,
  NI_NUMERICHOST,
  NI_NUMERICSERV,
  SOCK_DGRAM,
  SOCK_STREAM,
  type SocketAddress,
} from "./net/addresses.ts";
export type { ConnectionOptions } from "./net/connecting/connect.ts";
export type { ListeningOptions, ServerOptions } from "./net/servers/create-server.ts";
export type { DatagramAddress, DatagramEndpointOptions } from "./net/datagrams/datagrams.ts";
export type {
  AcceptingSocket,
  ConnectingSocket,
  DatagramReceivingSocket,
  DatagramSendingSocket,
  RawSocket,
  ReceivingSocket,
  SendingSocket,
} from "./net/descriptors/raw-socket.ts";
export type { GetaddrinfoOptions } from "./net/names/dns.ts";
export {
  ConnectionError,
  IncompleteReadError,
  LimitOverrunError,
  SendfileNotAvailableError,
} from "./net/errors.ts";
export type { ReadPipe, WritePipe } from "./net/pipes/pipes.ts";
export type {
  BaseProtocol,
  BufferedProtocol,
  DatagramProtocol,
  Protocol,
  ProtocolFactory,
  StreamProtocol,
} from "./net/protocols.ts";
export type { SendableFile, SendfileOptions } from "./net/pipes/sendfile-arguments.ts";
export { Server, type ServerStatistics } from "./net/servers/server.ts";
export type { TransportStatistics } from "./net/connection/stream-transport.ts";
export { fromDuplex, toDuplex } from "./net/streams/duplex.ts";
export { JsonLineError } from "./net/streams/json-line-error.ts";
export { JsonLines, type JsonLinesOptions } from "./net/streams/json-lines.ts";
export { openConnection, openUnixConnection, type StreamPair } from "./net/streams/open-connection.ts";
export { startServer, startUnixServer } from "./net/streams/start-server.ts";
export {
  StreamReader,
  type StreamReaderOptions,
  type StreamReaderStatistics,
} from "./net/streams/stream-reader.ts";
export { type ClientConnected, StreamReaderProtocol } from "./net/streams/stream-reader-protocol.ts";
export { type StreamTlsOptions, StreamWriter, type WriterProtocol } from "./net/streams/stream-writer.ts";
export { fromWebStreams, toWebStreams, type WebStreamPair } from "./net/streams/web-streams.ts";
export type {
  ClientSsl,
  ServerSsl,
  TlsClientOptions,
  TlsServerOptions,
  TlsTimeouts,
} from "./net/tls/options.ts";
export type { StartTlsOptions } from "./net/tls/start-tls.ts";
export type { TransportSocket } from "./net/transport-socket.ts";
export type {
  BaseTransport,
  Data,
  DatagramStatistics,
  DatagramTransport,
  ExtraInfo,
  ReadTransport,
  Transport,
  WriteBufferLimits,
  WriteTransport,
} from "./net/transports.ts";
export type { UnixConnectionOptions } from "./net/connecting/unix-connect.ts";
export type { UnixServerOptions } from "./net/servers/unix-server.ts";
export {
  createSubprocessExec,
  createSubprocessShell,
  type ProcessOptions,
} from "./process/create-subprocess.ts";
export { ProcessError, ProcessLookupError } from "./process/errors.ts";
export type { SubprocessOptions } from "./process/options.ts";
export { Process, type ProcessStatistics } from "./process/process.ts";
export type { SubprocessProtocol, SubprocessTransport } from "./process/protocols.ts";
export type { Signal } from "./process/signals.ts";
export { DEVNULL, PIPE, STDOUT, type StdioOptions, type StdioTarget } from "./process/stdio.ts";
export { Barrier, type BarrierStatistics } from "./sync/barrier.ts";
export { Condition, type ConditionStatistics } from "./sync/condition.ts";
export { BrokenBarrierError, QueueEmpty, QueueFull, QueueShutDown } from "./sync/errors.ts";
export { Event, type EventStatistics } from "./sync/event.ts";
export { Lock, type LockStatistics } from "./sync/lock.ts";
export { LifoQueue, PriorityQueue, type PriorityQueueOptions } from "./sync/ordered-queues.ts";
export { Queue, type QueueOptions, type QueueStatistics } from "./sync/queue.ts";
export type { QueueStorage } from "./sync/queue-storage.ts";
export { BoundedSemaphore, Semaphore, type SemaphoreStatistics } from "./sync/semaphore.ts";
export { allTasks, createTask, currentTask, getRunningLoop } from "./tasks/current.ts";
export { asCompleted } from "./tasks/as-completed.ts";
export { createEagerTaskFactory, eagerTaskFactory } from "./tasks/eager.ts";
export { type ErrorMatch, ExceptionGroup } from "./tasks/exception-group.ts";
export { fetch } from "./tasks/fetch.ts";
export { gather, type Results } from "./tasks/gather.ts";
export { race } from "./tasks/race.ts";
export { Runner, type RunnerOptions, type RunOptions, run } from "./tasks/runner.ts";
export { shield } from "./tasks/shield.ts";
export {
  staggeredRace,
  type StaggeredRaceOptions,
  type StaggeredRaceOutcome,
} from "./tasks/staggered-race.ts";
export { checkpoint, sleep } from "./tasks/sleep.ts";
export { TaskGroup, type TaskGroupStatistics, taskGroup } from "./tasks/task-group.ts";
export { Timeout, type TimeoutOptions, timeout, timeoutAt } from "./tasks/timeout.ts";
export { type ReturnWhen, type WaitOptions, wait } from "./tasks/wait.ts";
export { waitFor } from "./tasks/wait-for.ts";
