/** staggeredRace: who wins, and what becomes of the others. */
import { CancelledError, createTask, Event, sleep, staggeredRace } from "gyre";
import { type Print, scenario } from "../../support/parity.ts";
import { Boom, nameOf, outcome } from "../outcomes.ts";

type Attempt = () => Promise<string>;

const fails =
  (name: string, delay = 0): Attempt =>
  async () => {
    await sleep(delay);
    throw new Boom(name);
  };

const gives =
  (value: string, delay = 0): Attempt =>
  async () =>
    sleep(delay, value);

async function race(print: Print, attempts: readonly Attempt[], delay: number | null): Promise<void> {
  const { winner, errors } = await staggeredRace(attempts, delay);
  print(
    winner?.value,
    winner?.index,
    errors.map((error) => (error === null ? null : nameOf(error))),
  );
}

scenario("the first success wins, in turn [WAIT-15]", async (print) => {
  await race(print, [fails("a"), fails("b"), gives("c"), gives("d")], null);
  await race(print, [gives("a"), gives("b")], null);
});

scenario("nobody wins [WAIT-15]", async (print) => {
  await race(print, [fails("a"), fails("b")], null);
  await race(print, [fails("a"), fails("b")], 1);
  await race(print, [], null);
  await race(print, [], 1);
});

scenario("one that takes too long is overtaken, and cancelled [WAIT-15]", async (print) => {
  await race(print, [gives("slow", 60_000), gives("fast")], 1);
  await race(print, [gives("slow", 60_000), fails("a"), gives("slow", 60_000), gives("fast")], 1);
});

scenario("a failure starts the next one at once [WAIT-15]", (print) =>
  race(print, [fails("a"), fails("b"), gives("c")], 60_000),
);

scenario("a slow one may still win [WAIT-15]", (print) => {
  const released = new Event();
  const waits: Attempt = async () => {
    await released.wait();
    return "slow";
  };
  const releases: Attempt = async () => {
    released.set();
    throw new Boom("b");
  };
  return race(print, [waits, fails("a"), releases], 1);
});

scenario("an attempt that cancels itself has failed [WAIT-15]", (print) => {
  const cancels: Attempt = async () => {
    throw new CancelledError();
  };
  return race(print, [cancels, gives("next")], null);
});

scenario("cancelling the race cancels the attempts, and waits for them [WAIT-15]", async (print) => {
  const both = new Event();
  const attempt =
    (name: string): Attempt =>
    async () => {
      print("started", name);
      if (name === "b") both.set();
      try {
        return await sleep(60_000, name);
      } finally {
        print("ended", name);
      }
    };
  const task = createTask(() => staggeredRace([attempt("a"), attempt("b")], 1));
  await both.wait();
  task.cancel();
  print(await outcome(task));
  await sleep(0);
});
