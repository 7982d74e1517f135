/** wait: until one of several, or all of them, are done; nothing is raised and nothing cancelled. */
import { createTask, Future, getRunningLoop, sleep, type Task, wait } from "gyre";
import { scenario } from "../../support/parity.ts";
import { Boom, outcome } from "../outcomes.ts";

const after = async (delay: number, value: string | number) => {
  await sleep(delay);
  return value;
};

const failAfter = async (delay: number): Promise<number> => {
  await sleep(delay);
  throw new Boom("no");
};

const task = <T>(name: string, coroutine: () => Promise<T>) => createTask(coroutine, { name });

const names = (tasks: Iterable<Future<unknown>>) =>
  [...tasks].map((member) => (member as Task<unknown>).name).toSorted();

scenario(
  "by default wait ends when all are done, errors and cancellations included [WAIT-06 WAIT-07]",
  async (print) => {
    const result = task("result", () => after(20, 1));
    const error = task("error", () => failAfter(0));
    const cancelled = task("cancelled", () => after(60_000, 2));
    cancelled.cancel();
    const { done, pending } = await wait([result, error, cancelled]);
    print(names(done), names(pending));
    print(await outcome(result), await outcome(error), await outcome(cancelled));
  },
);

scenario("FIRST_COMPLETED ends with the first, and the others run on [WAIT-06 WAIT-07]", async (print) => {
  const tasks = [task("slow", () => after(50, "slow")), task("quick", () => after(10, "quick"))];
  const first = await wait(tasks, { returnWhen: "FIRST_COMPLETED" });
  print(names(first.done), names(first.pending));
  const rest = await wait(first.pending);
  print(names(rest.done), names(rest.pending));
});

scenario("FIRST_EXCEPTION ends with the first error [WAIT-07]", async (print) => {
  const quick = task("quick", () => after(10, 1));
  const error = task("error", () => failAfter(30));
  const slow = task("slow", () => after(80, 2));
  const { done, pending } = await wait([quick, error, slow], { returnWhen: "FIRST_EXCEPTION" });
  print(names(done), names(pending));
  print(await outcome(error), await outcome(slow));
});

scenario(
  "for FIRST_EXCEPTION a cancelled task is no error; without errors it waits for all [WAIT-07]",
  async (print) => {
    const cancelled = task("cancelled", () => after(60_000, 1));
    const slow = task("slow", () => after(20, 2));
    cancelled.cancel();
    const { done, pending } = await wait([cancelled, slow], { returnWhen: "FIRST_EXCEPTION" });
    print(names(done), names(pending));
  },
);

scenario(
  "at its timeout wait gives what it has, without an error, and cancels nothing [WAIT-06]",
  async (print) => {
    const quick = task("quick", () => after(0, "quick"));
    const slow = task("slow", () => after(60, "slow"));
    const { done, pending } = await wait([quick, slow], { timeout: 20 });
    print(names(done), names(pending));
    print(await slow);
  },
);

scenario("a timeout of zero looks once; what is done already needs no waiting [WAIT-06]", async (print) => {
  const [future, pendingFuture] = [new Future<string>(), new Future<string>()];
  future.setResult("result");
  const looked = await wait([future, pendingFuture], { timeout: 0 });
  print(looked.done.has(future), looked.pending.has(pendingFuture));
  const first = await wait([future, pendingFuture], { returnWhen: "FIRST_COMPLETED" });
  print(first.done.has(future), first.pending.has(pendingFuture));
});

scenario("cancelling wait leaves its members alone [WAIT-06]", async (print) => {
  const member = task("member", () => after(30, "member"));

  const waitForIt = async () => {
    await wait([member]);
  };

  const waiter = createTask(waitForIt);
  await sleep(0);
  waiter.cancel();
  print(await outcome(waiter), member.cancelling());
  print(await member);
});

scenario("what is done by the moment of the wake-up is in done as well [WAIT-06]", async (print) => {
  const [first, second, third] = [new Future<null>(), new Future<null>(), new Future<null>()];

  const finish = () => {
    second.setResult(null);
    first.setResult(null);
  };

  getRunningLoop().callSoon(finish);
  const { done, pending } = await wait([first, second, third], { returnWhen: "FIRST_COMPLETED" });
  print(done.has(first), done.has(second), pending.has(third));
});

scenario(
  "a member given twice counts once; nothing to wait for, or a single future, is refused [WAIT-06]",
  async (print) => {
    const future = new Future<null>();
    future.setResult(null);
    const { done, pending } = await wait([future, future]);
    print(done.size, pending.size);
    print(await outcome(() => wait([])));
    print(await outcome(() => wait(future as never)));
    print(await outcome(() => wait([future], { returnWhen: "SOMETIMES" as never })));
  },
);
