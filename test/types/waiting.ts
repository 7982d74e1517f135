/** What an editor infers for gather, wait and their kin, and which calls it underlines. */
import type { checkpoint, fetch } from "gyre";
import {
  createTask,
  Future,
  gather,
  shield,
  sleep,
  type Task,
  timeout,
  timeoutAt,
  type Timeout,
  wait,
  waitFor,
} from "gyre";
import { type Equal, expectType } from "../support/types.ts";

declare const promise: Promise<string>;
declare const numbers: Task<number>[];
declare const task: Task<number>;

// sleep and checkpoint
expectType<Equal<ReturnType<typeof checkpoint>, Future<void>>>(true);
const slept = sleep(1);
expectType<Equal<typeof slept, Future<void>>>(true);
const sleptWith = sleep(1, "text" as string);
expectType<Equal<typeof sleptWith, Future<string>>>(true);
// @ts-expect-error -- milliseconds are a number
void sleep("1 s");
// @ts-expect-error -- a delay is needed
void sleep();

// gather of a tuple
const tuple = gather([async () => 5, promise, task, sleep(1, true)]);
expectType<Equal<typeof tuple, Future<[number, string, number, boolean]>>>(true);
const readonlyTuple = gather([task, promise] as const);
expectType<Equal<typeof readonlyTuple, Future<[number, string]>>>(true);
// gather of an array
const array = gather(numbers);
expectType<Equal<typeof array, Future<number[]>>>(true);
const mapped = gather([1, 2, 3].map((delay) => async () => sleep(delay, "text" as string)));
expectType<Equal<typeof mapped, Future<string[]>>>(true);
const empty = gather([]);
expectType<Equal<typeof empty, Future<[]>>>(true);
// gather with errors among the results
const withErrors = gather([task, promise], { returnExceptions: true });
expectType<Equal<typeof withErrors, Future<[number | Error, string | Error]>>>(true);
const withoutErrors = gather([task], { returnExceptions: false });
expectType<Equal<typeof withoutErrors, Future<[number]>>>(true);
declare const maybe: boolean;
const perhaps = gather(numbers, { returnExceptions: maybe });
expectType<Equal<typeof perhaps, Future<(number | Error)[]>>>(true);
// @ts-expect-error -- one array, not several arguments
void gather(task, task);
// @ts-expect-error -- a number cannot be waited for
void gather([task, 5]);
// @ts-expect-error -- an unknown option
void gather([task], { returnExceptoins: true });

// shield and waitFor
const shielded = shield(async () => 5);
expectType<Equal<typeof shielded, Future<number>>>(true);
const shieldedPromise = shield(promise);
expectType<Equal<typeof shieldedPromise, Future<string>>>(true);
const waitedFor = waitFor(async () => 5, 1000);
expectType<Equal<typeof waitedFor, Promise<number>>>(true);
const waitedForPromise = waitFor(promise, null);
expectType<Equal<typeof waitedForPromise, Promise<string>>>(true);
const waitedForTask = waitFor(task, 5);
expectType<Equal<typeof waitedForTask, Promise<number>>>(true);
// @ts-expect-error -- the limit is needed; null is for none
void waitFor(task);
// @ts-expect-error -- undefined is no limit
void waitFor(task, undefined);

// timeout
const timed = timeout(5, async (scope) => {
  expectType<Equal<typeof scope, Timeout>>(true);
  return scope.when();
});
expectType<Equal<typeof timed, Promise<number | null>>>(true);
const timedAt = timeoutAt(null, () => "text");
expectType<Equal<typeof timedAt, Promise<string>>>(true);
// @ts-expect-error -- a promise has started already, and cannot be cut off
void timeout(5, promise);
// @ts-expect-error -- the body is needed
void timeout(5);

// wait
const waited = wait(numbers);
expectType<Equal<Awaited<typeof waited>, { done: Set<Future<number>>; pending: Set<Future<number>> }>>(true);
const waitedMixed = wait(new Set([createTask(async () => 5), new Future<number>()]), {
  returnWhen: "FIRST_COMPLETED",
  timeout: 5,
});
expectType<Equal<Awaited<typeof waitedMixed>["done"], Set<Future<number>>>>(true);
// @ts-expect-error -- a collection, not a task
void wait(task);
// @ts-expect-error -- one of three words
void wait(numbers, { returnWhen: "ANY" });
// @ts-expect-error -- a promise is not a future: wrapFuture(promise)
void wait([promise]);

// fetch is the platform's
expectType<Equal<typeof fetch, typeof globalThis.fetch>>(true);
