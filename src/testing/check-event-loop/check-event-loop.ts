import { describe, requireFunction } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import { runInRoot } from "../../core/scope.ts";
import { allChecks } from "./all-checks.ts";
import { capabilitiesOf, type LoopCapabilities } from "./capabilities.ts";
import type { Check } from "./check.ts";
import { openStandardStreams } from "./host-resources.ts";
import { type CheckResult, ConformanceError, type ConformanceReport, reportOn } from "./report.ts";
import { type LoopMaker, makeLoop, Skipped, type TrialSettings, tryCheck } from "./trial.ts";

const TIMEOUT = 10_000; // ms

export interface CheckEventLoopOptions {
  /** Only these checks: their topics ("timers"), titles or rows ("SCHED-06"). */
  readonly only?: readonly string[];
  /** Not these: topics, titles or rows, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
  /** What the loop has or has not, where its driver cannot tell. */
  readonly capabilities?: Partial<LoopCapabilities>;
  /** Real milliseconds that a check may take; 10,000 by default. */
  readonly timeout?: number;
  /** False: failures stand in the report only. */
  readonly throwOnFailure?: boolean;
  /** Is told of each check when it has ended. */
  readonly onResult?: (result: CheckResult) => void;
}

/**
 * Checks that a loop keeps gyre's contract: the order of callbacks, timers, the life cycle, cancellation, and, where the loop has
 * a network, everything that transports, servers and datagrams rely on. Needs no test framework. For authors of loops: see
 * docs/writing-a-loop.md.
 *
 * @param factory - makes a fresh loop for each check, which is closed afterwards
 * @param options.only - topics, titles or rows of features.md
 * @param options.skip - topics, titles or rows, each with the reason
 * @param options.capabilities - what the loop has or has not
 * @param options.timeout - real milliseconds for each check; 10,000 by default. One that hangs has failed, and the others go on
 * @param options.throwOnFailure - false: return the report in any case
 * @param options.onResult - is told of each check when it has ended
 * @returns how each check ended
 * @throws ConformanceError `GYRE_CONFORMANCE` - the message lists what failed, and how
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - an entry that is no topic, title or row
 * @example
 * const { passed } = await checkEventLoop(() => new BaseEventLoop(new MyDriver()), {
 *   onResult: ({ outcome, title }) => console.log(`${outcome} ${title}`),
 * });
 *
 * Cancel safety: none is needed; the checks run outside of the loop that waits. Python: none; `test.test_asyncio` is the nearest.
 */
export function checkEventLoop(
  factory: LoopMaker,
  options: CheckEventLoopOptions = {},
): Promise<ConformanceReport> {
  requireFunction(
    factory,
    "checkEventLoop(factory)",
    "It makes a loop: () => new BaseEventLoop(new MyDriver()).",
  );
  requireOptions(options);
  return runInRoot(() => checkAll(factory, options));
}

async function checkAll(factory: LoopMaker, options: CheckEventLoopOptions): Promise<ConformanceReport> {
  openStandardStreams();
  const { only, skip = {}, timeout = TIMEOUT, throwOnFailure = true, onResult } = options;
  requireKnown([...(only ?? []), ...Object.keys(skip)]);
  const capabilities = await probe(factory, options.capabilities ?? {});
  const settings = { factory, capabilities, timeout };
  const results: CheckResult[] = [];
  for (const check of allChecks) {
    if (only !== undefined && !only.some((selector) => matches(check, selector))) continue;
    const result = await resultOf(check, settings, skip);
    results.push(result);
    onResult?.(result);
  }
  const report = reportOn(results);
  if (report.failed > 0 && throwOnFailure) throw new ConformanceError(report);
  return report;
}

async function probe(factory: LoopMaker, given: Partial<LoopCapabilities>): Promise<LoopCapabilities> {
  const loop = await makeLoop(factory);
  try {
    return capabilitiesOf(loop, given);
  } finally {
    await loop.close();
  }
}

async function resultOf(
  check: Check,
  settings: TrialSettings,
  skip: Readonly<Record<string, string>>,
): Promise<CheckResult> {
  const { title, rows } = check;
  const reason = reasonToSkip(check, settings.capabilities, skip);
  if (reason !== null) return { title, rows, outcome: "skipped", reason, duration: 0 };
  const since = performance.now();
  const ending = await tryCheck(check, settings);
  const duration = performance.now() - since;
  if (ending === null) return { title, rows, outcome: "passed", duration };
  if (ending instanceof Skipped) return { title, rows, outcome: "skipped", reason: ending.message, duration };
  return { title, rows, outcome: "failed", error: ending.error, duration };
}

function reasonToSkip(
  check: Check,
  capabilities: LoopCapabilities,
  skip: Readonly<Record<string, string>>,
): string | null {
  const missing = check.needs.filter((need) => !capabilities[need]);
  if (missing.length > 0) return `the loop has not: ${missing.join(", ")}`;
  const selector = Object.keys(skip).find((candidate) => matches(check, candidate));
  return selector === undefined ? null : (skip[selector] ?? "");
}

function matches({ title, topic, rows }: Check, selector: string): boolean {
  return selector === topic || selector === title || rows.includes(selector);
}

function requireKnown(selectors: readonly string[]): void {
  for (const selector of selectors) {
    if (allChecks.some((check) => matches(check, selector))) continue;
    const topics = [...new Set(allChecks.map(({ topic }) => topic))].join(", ");
    throw new ArgumentRangeError(
      `checkEventLoop(factory, { only, skip }): ${describe(selector)} is no topic, title or row of a check. The topics are ${topics}.`,
    );
  }
}

function requireOptions({ only, skip, timeout = TIMEOUT, onResult }: CheckEventLoopOptions): void {
  const where = "checkEventLoop(factory, options)";
  if (only !== undefined && !Array.isArray(only))
    throw new ArgumentTypeError(
      `${where}: only must be a list of topics, titles or rows, but it is ${describe(only)}.`,
    );
  if (skip !== undefined && (typeof skip !== "object" || skip === null || Array.isArray(skip)))
    throw new ArgumentTypeError(`${where}: skip must be an object of reasons, but it is ${describe(skip)}.`);
  if (typeof timeout !== "number")
    throw new ArgumentTypeError(
      `${where}: timeout must be a number of milliseconds, but it is ${describe(timeout)}.`,
    );
  if (!(timeout > 0))
    throw new ArgumentRangeError(`${where}: timeout must be positive, but it is ${describe(timeout)}.`);
  if (onResult !== undefined) requireFunction(onResult, `${where}: onResult`);
}
