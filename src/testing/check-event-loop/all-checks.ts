import type { Check } from "./check.ts";
import { cancellationChecks } from "./checks/cancellation.ts";
import { contextChecks } from "./checks/contexts.ts";
import { deadlockChecks, debugChecks, exceptionChecks } from "./checks/exceptions.ts";
import { fairnessChecks } from "./checks/fairness.ts";
import { lifeCycleChecks } from "./checks/life-cycle.ts";
import { orderChecks } from "./checks/order.ts";
import { streamChecks } from "./checks/streams.ts";
import { syncChecks, taskChecks } from "./checks/tasks.ts";
import { clockChecks, timerChecks } from "./checks/timers.ts";

/** In the order in which they make sense to somebody whose loop is young. */
export const allChecks: readonly Check[] = [
  ...orderChecks,
  ...timerChecks,
  ...clockChecks,
  ...lifeCycleChecks,
  ...exceptionChecks,
  ...contextChecks,
  ...taskChecks,
  ...syncChecks,
  ...cancellationChecks,
  ...fairnessChecks,
  ...debugChecks,
  ...deadlockChecks,
  ...streamChecks,
];
