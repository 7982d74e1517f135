/** What an editor infers for tasks, futures and runs, and which calls it underlines. */
import type { currentTask, Task } from "gyre";
import {
  type Coroutine,
  createTask,
  ensureFuture,
  type EventLoop,
  Future,
  getRunningLoop,
  isCancelled,
  isFuture,
  type CancelledError,
  run,
  Runner,
  sleep,
  wrapFuture,
} from "gyre";
import { type Equal, expectType } from "../support/types.ts";

declare const promise: Promise<string>;
declare const loop: EventLoop;

// createTask infers the result from what the function returns
const fromAsync = createTask(async () => 5);
expectType<Equal<typeof fromAsync, Task<number>>>(true);
const fromPlain = createTask(() => "text");
expectType<Equal<typeof fromPlain, Task<string>>>(true);
const fromFuture = createTask(() => sleep(1, true));
expectType<Equal<typeof fromFuture, Task<boolean>>>(true);
const fromNothing = createTask(async () => {});
expectType<Equal<typeof fromNothing, Task<void>>>(true);
const fromTask = createTask(() => fromAsync);
expectType<Equal<typeof fromTask, Task<number>>>(true);
const fromLoop = loop.createTask(async () => [1]);
expectType<Equal<typeof fromLoop, Task<number[]>>>(true);

// … also when the function takes its task
const withTask = createTask(async (task) => {
  task.cancel();
  return 5;
});
expectType<Equal<typeof withTask, Task<number>>>(true);
const mainTakesTask = run(async (main) => main.name);
expectType<Equal<typeof mainTakesTask, Promise<string>>>(true);

// awaiting gives the result
async function awaiting(): Promise<void> {
  expectType<Equal<Awaited<typeof fromAsync>, number>>(true);
  const value = await fromAsync;
  expectType<Equal<typeof value, number>>(true);
  const all = await Promise.all([fromAsync, fromPlain]);
  expectType<Equal<typeof all, [number, string]>>(true);
}
void awaiting;

// a task's parts
expectType<Equal<ReturnType<typeof fromAsync.result>, number>>(true);
expectType<Equal<typeof fromAsync.signal, AbortSignal>>(true);
expectType<Equal<ReturnType<typeof currentTask>, Task<unknown> | null>>(true);
const derived = fromAsync.then((value) => String(value));
expectType<Equal<Awaited<typeof derived>, string>>(true);
const caught = fromAsync.catch(() => null);
expectType<Equal<Awaited<typeof caught>, number | null>>(true);

// futures and tasks are covariant, and stand in for promises
const wide: Future<unknown> = fromAsync;
const wideTask: Task<unknown> = fromAsync;
const wider: Future<number | string> = new Future<number>();
const asPromise: Promise<number> = fromAsync;
const asLike: PromiseLike<number> = new Future<number>();
void [wide, wideTask, wider, asPromise, asLike];
// @ts-expect-error -- a future of a string is none of a number
const wrong: Future<number> = new Future<string>();
void wrong;

// futures
const future = getRunningLoop().createFuture<number>();
expectType<Equal<typeof future, Future<number>>>(true);
future.setResult(5);
// @ts-expect-error -- the result has the future's type
future.setResult("5");
new Future<void>().setResult();
future.addDoneCallback((done) => expectType<Equal<typeof done, Future<number>>>(true));
fromAsync.addDoneCallback((done) => expectType<Equal<typeof done, Task<number>>>(true));

// ensureFuture and wrapFuture
const ensured = ensureFuture(async () => 5);
expectType<Equal<typeof ensured, Future<number>>>(true);
const ensuredPromise = ensureFuture(promise);
expectType<Equal<typeof ensuredPromise, Future<string>>>(true);
const wrapped = wrapFuture(promise);
expectType<Equal<typeof wrapped, Future<string>>>(true);

// run and Runner
const ran = run(async () => 5);
expectType<Equal<typeof ran, Promise<number>>>(true);
const ranByRunner = new Runner().run(async () => "text", {});
expectType<Equal<typeof ranByRunner, Promise<string>>>(true);
const completed = loop.runUntilComplete(async () => 5);
expectType<Equal<typeof completed, Promise<number>>>(true);
const completedPromise = loop.runUntilComplete(promise);
expectType<Equal<typeof completedPromise, Promise<string>>>(true);
const byName: Coroutine<number> = async (task) => task.name.length;
void run(byName, { loop: "node", debug: true, name: "main" });

// guards
declare const unknown: unknown;
if (isFuture(unknown)) expectType<Equal<typeof unknown, Future<unknown>>>(true);
if (isCancelled(unknown)) expectType<Equal<typeof unknown, CancelledError>>(true);

// callbacks get their arguments' types
loop.callSoon((a, b) => expectType<Equal<[typeof a, typeof b], [number, string]>>(true), 1, "two");
loop.callLater(5, (text: string) => text.length, "text");
// @ts-expect-error -- the argument is missing
loop.callSoon((text: string) => text.length);
// @ts-expect-error -- the argument has another type
loop.callLater(5, (text: string) => text.length, 5);

// a promise has started already, so it cannot be run as a task
// @ts-expect-error -- a promise
createTask(promise);
// @ts-expect-error -- an async function that was called
createTask((async () => 5)());
// @ts-expect-error -- a promise
void run(promise);
// @ts-expect-error -- a task
createTask(fromAsync);
// @ts-expect-error -- not a function
createTask(5);
// @ts-expect-error -- an unknown option
createTask(async () => 5, { nmae: "typo" });
// @ts-expect-error -- a controller is not its signal
createTask(async () => 5, { signal: new AbortController() });
// @ts-expect-error -- a number is not a promise
void wrapFuture(5);
// @ts-expect-error -- an unknown option
void run(async () => 5, { dbug: true });
// @ts-expect-error -- results are set by the function
fromAsync.name = 5;
