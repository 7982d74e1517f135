/** shield: waiting on something without taking it along when the wait is cancelled. */
import { createTask, Future, getRunningLoop, shield, sleep, waitFor } from "gyre";
import { scenario } from "../../support/parity.ts";
import { Boom, outcome } from "../outcomes.ts";

const after = async (delay: number, value: string) => {
  await sleep(delay);
  return value;
};

scenario("a shield passes the result or the error of what it shields [WAIT-12]", async (print) => {
  const fail = async () => {
    await sleep(0);
    throw new Boom("no");
  };

  print(await outcome(shield(() => after(0, "result"))));
  print(await outcome(shield(fail)));
});

scenario("cancelling the shield leaves the inner task running [WAIT-12]", async (print) => {
  const inner = createTask(() => after(40, "inner"));
  const shielded = shield(inner);
  getRunningLoop().callSoon(() => shielded.cancel());
  print(await outcome(shielded), shielded.cancelled(), "inner done", inner.done());
  print(await inner);
});

scenario(
  "a task cancelled while it waits on a shield ends; the inner task runs on [WAIT-12 TASK-19]",
  async (print) => {
    const work = async () => {
      await sleep(40);
      print("inner ends");
      return "inner";
    };

    const wait = async () => {
      await shield(inner);
    };

    const inner = createTask(work);
    const waiter = createTask(wait);
    await sleep(0);
    waiter.cancel();
    print(await outcome(waiter), "inner cancelling", inner.cancelling());
    print(await inner);
  },
);

scenario("a cancelled inner task cancels the shield [WAIT-12]", async (print) => {
  const inner = createTask(() => after(60_000, "never"));
  const shielded = shield(inner);
  getRunningLoop().callSoon(() => inner.cancel());
  print(await outcome(shielded), shielded.cancelled());
});

scenario("the shield of something done is that very thing [WAIT-12]", async (print) => {
  const [future, pending] = [new Future<string>(), new Future<string>()];
  future.setResult("result");
  print(shield(future) === future, shield(pending) === pending);
});

scenario("one inner task can have several shields, each cancelled for itself [WAIT-12]", async (print) => {
  const inner = createTask(() => after(20, "inner"));
  const [first, second] = [shield(inner), shield(inner)];
  first.cancel();
  print(await outcome(first), await outcome(second));
});

scenario("a shield in wait_for: the wait ends in time, the work goes on [WAIT-08 WAIT-12]", async (print) => {
  const inner = createTask(() => after(40, "inner"));
  print(await outcome(waitFor(shield(inner), 10)));
  print("inner done", inner.done(), await inner);
});
