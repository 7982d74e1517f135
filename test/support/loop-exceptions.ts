/** What some loop cannot do, and why. Every entry has to match a test: see test/unit/support. */

export interface LoopException {
  readonly loop: string;
  /** A row of docs/features.md, as `FD-01`, or the whole title of a test. */
  readonly test: string;
  readonly reason: string;
}

const NO_TIME_WHILE_BUSY = "time stands still while anything can run, so that no timer comes";
const NO_TIME_WHILE_HOST_WORKS = "time stands still while a task waits for the host, so that no timer comes";
const OWN_CLOCK = "the clock has nothing to do with the host's";

export const LOOP_EXCEPTIONS: readonly LoopException[] = [
  ...[
    "while callbacks schedule themselves again for ever [LOOP-13]",
    "while tasks loop on sleep(0) [LOOP-13 WAIT-01]",
    "while tasks start each other, and hand results over, for ever [LOOP-13]",
    "while timers of zero schedule themselves again for ever [LOOP-13 SCHED-06]",
    "while done callbacks settle the next future for ever [LOOP-13 FUT-09]",
    "while a million callbacks wait [LOOP-13 SCHED-01]",
    "callbacks that keep scheduling callbacks do not hold up a timer [LOOP-13 SCHED-06]",
    "puts due timers behind what was ready before them [LOOP-13 SCHED-06]",
  ].map((test) => ({ loop: "virtual", test, reason: NO_TIME_WHILE_BUSY })),
  ...[
    "delays the loop's timers no more than its own [LOOP-13 SCHED-06]",
    "ends work of the host's at a deadline, and the error is the deadline's [TO-05]",
    "is cut off by a timeout, after which the task can fetch again [TO-04]",
  ].map((test) => ({ loop: "virtual", test, reason: NO_TIME_WHILE_HOST_WORKS })),
  ...[
    "keep counting while nobody runs the loop [SCHED-04]",
    "never goes back, and counts milliseconds [SCHED-07]",
  ].map((test) => ({ loop: "virtual", test, reason: OWN_CLOCK })),
  {
    loop: "virtual",
    test: "runs at once when nothing but other reports waits, outside of every task [TASK-25]",
    reason: "steps run one by one, so that a report always takes its place in the queue",
  },
];

/** The exception for a test on a loop, if there is one. */
export function exceptionFor(
  loop: string,
  title: string,
  exceptions: readonly LoopException[] = LOOP_EXCEPTIONS,
): LoopException | undefined {
  return exceptions.find((exception) => exception.loop === loop && matches(exception, title));
}

/** The exceptions that match none of the titles. */
export function staleExceptions(
  titles: readonly string[],
  exceptions: readonly LoopException[] = LOOP_EXCEPTIONS,
): LoopException[] {
  return exceptions.filter((exception) => !titles.some((title) => matches(exception, title)));
}

function matches({ test }: LoopException, title: string): boolean {
  if (title === test) return true;
  const rows = /\[([^\]]*)\]$/.exec(title)?.[1]?.split(" ") ?? [];
  return rows.includes(test);
}
