import type { Planted } from "./planted.ts";
import { planted as checkThenAct } from "./programs/check-then-act.ts";
import { planted as doubleClose } from "./programs/double-close.ts";
import { planted as failedJob } from "./programs/failed-job.ts";
import { planted as keptPermit } from "./programs/kept-permit.ts";
import { planted as leftoverWorker } from "./programs/leftover-worker.ts";
import { planted as lostWakeUp } from "./programs/lost-wake-up.ts";
import { planted as naiveSemaphore } from "./programs/naive-semaphore.ts";
import { planted as retry } from "./programs/retry.ts";
import { planted as splitBrain } from "./programs/split-brain.ts";
import { planted as staleAnswer } from "./programs/stale-answer.ts";
import { planted as tornRead } from "./programs/torn-read.ts";
import { planted as twoLocks } from "./programs/two-locks.ts";
import { planted as unboundedQueue } from "./programs/unbounded-queue.ts";

export const PLANTED: readonly Planted[] = [
  naiveSemaphore,
  twoLocks,
  checkThenAct,
  doubleClose,
  unboundedQueue,
  retry,
  splitBrain,
  lostWakeUp,
  leftoverWorker,
  failedJob,
  keptPermit,
  staleAnswer,
  tornRead,
];
