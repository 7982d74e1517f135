/** One run of a program under exploration, and everything that can be wrong with it. */

import { isDeepStrictEqual } from "node:util";
import type { ExceptionContext } from "../core/exception-handler.ts";
import type { Coroutine } from "../core/task.ts";
import { VirtualEventLoop } from "../loops/virtual/event-loop.ts";
import { SimulatedNetwork } from "../loops/virtual/network/network.ts";
import type { OutOfOrder, Schedule } from "../loops/virtual/schedule.ts";
import { Runner } from "../tasks/runner.ts";
import { DifferentResultsError, LeakedTasksError, ReportedError } from "./errors.ts";

export interface AttemptOptions {
  readonly maxSteps: number;
  /** What main has to return, if that matters. */
  readonly expected?: { readonly result: unknown } | undefined;
  readonly debug?: boolean;
  /** Makes the network. */
  readonly network?: (() => SimulatedNetwork) | undefined;
  /** What the network draws from. */
  readonly networkSeed: number | string;
  /** Is told of each choice but the ordinary ones, and when it was made, before it runs. */
  readonly onOutOfOrder?: (choice: OutOfOrder, time: number) => void;
}

/** What a run under some schedule did wrong. */
export interface Failure {
  readonly error: unknown;
  /** Whether main itself failed; else something was wrong around it. */
  readonly inMain: boolean;
  /** The choices that led to it. */
  readonly choices: readonly number[];
  /** Whether the network has drawn something as well. */
  readonly drew: boolean;
}

export interface Outcome {
  readonly failure: Failure | null;
  /** What main returned. */
  readonly result: unknown;
}

/** Runs `main` once. */
export async function attempt(
  main: Coroutine<unknown>,
  schedule: Schedule,
  options: AttemptOptions,
): Promise<Outcome> {
  const { maxSteps, expected, debug = false, networkSeed: seed, onOutOfOrder } = options;
  const reports: ExceptionContext[] = [];
  const network = options.network?.() ?? new SimulatedNetwork();
  const loop = new VirtualEventLoop({ outside: "fail", schedule, maxSteps, network, seed });
  loop.slowCallbackDuration = Number.POSITIVE_INFINITY; // real time is nobody's concern here
  if (onOutOfOrder !== undefined) schedule.onOutOfOrder = (choice) => onOutOfOrder(choice, loop.time());
  loop.setExceptionHandler((_loop, context) => void reports.push(context));
  const runner = new Runner({ loop, debug, handleSignals: false });
  let result: unknown;
  let ended = false;
  const errors: unknown[] = [];
  try {
    result = await runner.run(main);
    ended = true;
    const left = loop.tasks.all();
    if (left.size > 0) errors.push(new LeakedTasksError([...left]));
  } catch (error) {
    errors.push(error);
  }
  await runner.close().catch((error: unknown) => errors.push(error)); // what cannot be ended: the first error says more
  await loop.close();
  errors.push(...reports.map((report) => new ReportedError(report)));
  if (expected !== undefined && ended && !isDeepStrictEqual(result, expected.result))
    errors.push(new DifferentResultsError(expected.result, result));
  if (errors.length === 0) return { failure: null, result };
  const { drew } = network;
  return { failure: { error: errors[0], inMain: !ended, choices: schedule.choices, drew }, result };
}
