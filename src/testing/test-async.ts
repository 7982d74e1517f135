import { describe, requireCoroutine, requireDelay, requireFunction } from "../core/arguments.ts";
import { ArgumentRangeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import type { Awaitable, Coroutine } from "../core/task.ts";
import { type LoopName, newEventLoop } from "../loops/registry.ts";
import type { OutsidePolicy } from "../loops/virtual/driver.ts";
import { VirtualEventLoop } from "../loops/virtual/event-loop.ts";
import type { SimulatedNetwork } from "../loops/virtual/network/network.ts";
import { checkedRun, type CheckOptions } from "./checked-run.ts";
import { type Fixture, FixtureRun } from "./fixture.ts";
import { scheduleOf } from "./run-virtual.ts";

/** Below the five seconds of Vitest, so that it is our error that one sees. */
const DEFAULT_TIMEOUT = 4000; // real ms

export interface TestOptions {
  /** Real milliseconds after which the test fails, and says what each task waits for; null: none. 4,000 by default. */
  readonly timeout?: number | null;
  /** The kind of loop; "virtual" by default. */
  readonly loop?: LoopName;
  /** Whether tasks, connections and servers that are left, and reports of errors, fail the test; true by default. */
  readonly leaks?: boolean;
  /** On the virtual loop: makes the network of a test; one with ordinary conditions by default. */
  readonly network?: () => SimulatedNetwork;
  /** On the virtual loop: draws the order of independent steps, and what happens in the network. */
  readonly seed?: number | string;
  /** On the virtual loop: the choices of an earlier run, as `explore` prints them. */
  readonly schedule?: readonly number[];
  /** On the virtual loop: what happens when the test waits for something outside of it; `fail` by default. */
  readonly outside?: OutsidePolicy;
  readonly debug?: boolean;
}

/**
 * Makes an async function into a test for any framework: `test("name", testAsync(async () => { … }))`. It runs on a
 * loop of its own, the virtual one by default, and fails when it takes too long or leaves something behind.
 *
 * @param body - gets whatever the framework gives its tests
 * @returns a function for `test` of node:test, `it` of Vitest, or to be called
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - at once, not in the test
 * @example
 * const test = testAsync(async () => {
 *   await sleep(3_600_000);
 * });
 * await test(); // done at once
 *
 * The test then fails with what `body` throws; with a TimeoutError `GYRE_TIMEOUT` that says what each task waits for; with
 * LeakedTasksError `GYRE_LEAKED_TASKS`, LeakedResourcesError `GYRE_LEAKED_RESOURCES` or ReportedError `GYRE_REPORTED`.
 */
export function testAsync<A extends readonly unknown[]>(
  body: (...args: A) => Awaitable<unknown>,
  options: TestOptions = {},
): (...args: A) => Promise<void> {
  requireCoroutine(body, "testAsync(body)");
  requireOptions(options, "testAsync(body, options)");
  const test = (...args: A): Promise<void> => {
    const loose = body as (...all: readonly unknown[]) => Awaitable<unknown>; // TypeScript cannot bind a rest of type A
    return runTest(standIn(loose.bind(undefined, ...args), body), args, options);
  };
  return standIn(test, body); // Vitest reads from the text of a test which of its fixtures it wants
}

/**
 * The same for several tests that need the same thing around them. The fixture runs in the task and on the loop of its test,
 * anew for each; it is a block, so that a task group, a `timeout` or an `await using` can be a part of it.
 *
 * @returns a function that makes tests of bodies, which get what the fixture gives, and then whatever the framework gives
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * const withQueue = testWith(async (use) => {
 *   const queue = new Queue<string>();
 *   await use(queue);
 *   queue.shutdown();
 * });
 * const test = withQueue(async (queue) => {
 *   await queue.put("item");
 * });
 * await test();
 *
 * The test also fails with RuntimeError `GYRE_INVALID_STATE` if the fixture does not await `use(value)` once.
 */
export function testWith<F>(
  fixture: Fixture<F>,
  options: TestOptions = {},
): <A extends readonly unknown[]>(
  body: (value: F, ...args: A) => Awaitable<unknown>,
) => (...args: A) => Promise<void> {
  requireFunction(fixture, "testWith(fixture)", "It looks like async (use) => { await use(value); }.");
  requireOptions(options, "testWith(fixture, options)");
  return (body) => {
    requireCoroutine(body, "the maker of tests of testWith(fixture)");
    return (...args) => {
      const { use, judge } = new FixtureRun<F>((value) => body(value, ...args));
      return runTest(standIn(fixture.bind(undefined, use), fixture), args, options, judge);
    };
  };
}

async function runTest(
  main: Coroutine<unknown>,
  args: readonly unknown[],
  options: TestOptions,
  judge?: CheckOptions["judge"],
): Promise<void> {
  const { timeout = DEFAULT_TIMEOUT, leaks = true, debug } = options;
  const loop = await makeLoop(options);
  if (debug !== undefined) loop.setDebug(debug);
  await checkedRun(main, loop, {
    timeout,
    leaks,
    signal: signalOf(args),
    ...(judge === undefined ? {} : { judge }),
  });
}

async function makeLoop(options: TestOptions): Promise<EventLoop> {
  const { loop = "virtual", outside = "fail" } = options;
  return loop === "virtual"
    ? new VirtualEventLoop({
        outside,
        schedule: scheduleOf(options),
        network: options.network?.(),
        seed: options.seed,
      })
    : newEventLoop(loop);
}

/** Gives a function the name and the text of the one that it stands for: what reports show, and frameworks read. */
function standIn<F extends (...args: never[]) => unknown>(fn: F, original: (...args: never[]) => unknown): F {
  Object.defineProperty(fn, "name", { value: original.name });
  Object.defineProperty(fn, "toString", { value: () => original.toString() });
  return fn;
}

/** That of the context which node:test and Vitest give a test. */
function signalOf([context]: readonly unknown[]): AbortSignal | null {
  if (typeof context !== "object" || context === null || !("signal" in context)) return null;
  return context.signal instanceof AbortSignal ? context.signal : null;
}

function requireOptions(options: TestOptions, where: string): void {
  const { timeout, loop = "virtual" } = options;
  if (timeout !== undefined && timeout !== null) requireDelay(timeout, where, "timeout");
  if (loop === "virtual") return;
  for (const name of ["seed", "schedule", "outside"] as const)
    if (options[name] !== undefined)
      throw new ArgumentRangeError(
        `${where}: ${name} is for the virtual loop, but the loop is ${describe(loop)}.`,
      );
}
