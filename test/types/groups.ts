/** What an editor infers of groups, timeouts, races and errors in groups. */
import {
  asCompleted,
  ExceptionGroup,
  type Future,
  race,
  sleep,
  type Task,
  TaskGroup,
  type TaskGroupStatistics,
  type Timeout,
  taskGroup,
  timeout,
  timeoutAt,
  wait,
} from "gyre";
import { type Equal, expectType } from "../support/types.ts";

declare const text: Future<string>;
declare const promise: Promise<number>;

// The body's value is the group's, whether the body is async or not.
const ofAsyncBody = taskGroup(async () => 42);
expectType<Equal<typeof ofAsyncBody, Promise<number>>>(true);
const ofPlainBody = taskGroup(() => "value");
expectType<Equal<typeof ofPlainBody, Promise<string>>>(true);
const ofEmptyBody = new TaskGroup().run(async () => {});
expectType<Equal<typeof ofEmptyBody, Promise<void>>>(true);

void taskGroup(async (group) => {
  expectType<Equal<typeof group, TaskGroup>>(true);
  const task = group.createTask(async () => "text");
  expectType<Equal<typeof task, Task<string>>>(true);
  const ofFuture = group.createTask(() => sleep(1, true));
  expectType<Equal<typeof ofFuture, Task<boolean>>>(true);
  const usesItself = group.createTask(async (self) => self.name);
  expectType<Equal<typeof usesItself, Task<string>>>(true);
  const ready = group.start<number>(async (started, self) => {
    expectType<Equal<typeof self, Task<void>>>(true);
    started(8080);
    // @ts-expect-error -- the value is a number
    started("8080");
  });
  expectType<Equal<typeof ready, Promise<number>>>(true);
  // @ts-expect-error -- a promise has started already; a function is wanted
  group.createTask(promise);
  // @ts-expect-error -- a statistic is a snapshot
  group.statistics().tasks = 1;
  const statistics = group.statistics();
  expectType<Equal<typeof statistics, TaskGroupStatistics>>(true);
});
// @ts-expect-error -- the body is a function
void taskGroup(promise);

const limited = timeout(1000, async (scope) => {
  expectType<Equal<typeof scope, Timeout>>(true);
  return "value";
});
expectType<Equal<typeof limited, Promise<string>>>(true);
const unlimited = timeoutAt(null, () => text);
expectType<Equal<typeof unlimited, Promise<string>>>(true);
// @ts-expect-error -- the work is a function, so that the deadline can cancel it
void timeout(1000, promise);
// @ts-expect-error -- no such option
void timeout(1000, () => text, { abandon: true });

// A race gives what one of them gives, as Promise.race does.
const ofOneType = race([text, () => sleep(1, "b"), async () => "c"]);
expectType<Equal<typeof ofOneType, Promise<string>>>(true);
const ofSeveral = race([text, promise, async () => true]);
expectType<Equal<typeof ofSeveral, Promise<string | number | boolean>>>(true);
const ofIterable = race(new Set([text]));
expectType<Equal<typeof ofIterable, Promise<string>>>(true);
// @ts-expect-error -- a collection is wanted
void race(text);

declare const tasks: Task<string>[];
const sorted = wait(tasks);
expectType<Equal<Awaited<typeof sorted>["done"], Set<Future<string>>>>(true);
for (const next of asCompleted(tasks)) expectType<Equal<typeof next, Promise<string>>>(true);
declare const mixed: (Task<string> | Task<number>)[];
const ofMixed = wait(mixed);
expectType<Equal<Awaited<typeof ofMixed>["done"], Set<Future<string | number>>>>(true);

// Errors.
const errors = new ExceptionGroup([new TypeError("a")], "one", { cause: "why" });
const sides = errors.split(TypeError);
expectType<Equal<typeof sides, [match: ExceptionGroup | null, rest: ExceptionGroup | null]>>(true);
const part = errors.subgroup((error) => error instanceof RangeError);
expectType<Equal<typeof part, ExceptionGroup | null>>(true);
expectType<Equal<typeof errors.code, "GYRE_EXCEPTION_GROUP">>(true);
const asAggregate: AggregateError = errors;
void asAggregate;
// @ts-expect-error -- a class or a function
errors.split("TypeError");
