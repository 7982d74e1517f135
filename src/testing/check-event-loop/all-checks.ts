import type { Check } from "./check.ts";
import { cancellationChecks } from "./checks/cancellation.ts";
import { clockChecks } from "./checks/clock.ts";
import { closingChecks } from "./checks/closing.ts";
import { connectingChecks } from "./checks/connecting.ts";
import { contextChecks } from "./checks/contexts.ts";
import { datagramChecks } from "./checks/datagrams.ts";
import { deadlockChecks, debugChecks, exceptionChecks } from "./checks/exceptions.ts";
import { fairnessChecks } from "./checks/fairness.ts";
import { flowControlChecks } from "./checks/flow-control.ts";
import { lifeCycleChecks } from "./checks/life-cycle.ts";
import { linkChecks, listenerChecks } from "./checks/links.ts";
import { nameChecks, pipeChecks } from "./checks/names.ts";
import { orderChecks } from "./checks/order.ts";
import { halfCloseChecks, readingChecks } from "./checks/reading.ts";
import { serverChecks } from "./checks/servers.ts";
import { streamChecks } from "./checks/streams.ts";
import { syncChecks, taskChecks } from "./checks/tasks.ts";
import { timerChecks } from "./checks/timers.ts";
import { adoptingChecks, tlsChecks } from "./checks/tls.ts";
import { unixChecks } from "./checks/unix.ts";

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
  ...listenerChecks,
  ...linkChecks,
  ...connectingChecks,
  ...serverChecks,
  ...streamChecks,
  ...readingChecks,
  ...halfCloseChecks,
  ...closingChecks,
  ...flowControlChecks,
  ...datagramChecks,
  ...unixChecks,
  ...pipeChecks,
  ...nameChecks,
  ...tlsChecks,
  ...adoptingChecks,
];
