/** sleep: how long, in which order, with which result. */
import { createTask, gather, getRunningLoop, sleep } from "gyre";
import { scenario } from "../../support/parity.ts";
import { outcome } from "../outcomes.ts";

scenario(
  "sleep takes its time and gives the result it was given, or none [WAIT-01 SCHED-07]",
  async (print) => {
    const loop = getRunningLoop();
    const begin = loop.time();
    print(await sleep(30));
    print(await sleep(0, "result"));
    print("30 ms or more", loop.time() - begin >= 29);
  },
);

scenario("sleepers wake by deadline, whoever began first [WAIT-01 LOOP-13]", async (print) => {
  const work = async (delay: number) => {
    await sleep(delay);
    print(delay);
  };

  await gather([() => work(60), () => work(20), () => work(80), () => work(40)]);
});

scenario(
  "a delay of zero or less lets the loop turn once, behind what is queued [WAIT-01]",
  async (print) => {
    const loop = getRunningLoop();
    for (const delay of [0, -1]) {
      loop.callSoon(print, "queued before");
      loop.callSoon(() => loop.callSoon(print, "queued by a callback"));
      await sleep(delay);
      print("slept", delay);
      await sleep(10);
    }
  },
);

scenario("a delay that is not a number is refused [WAIT-01]", async (print) => {
  print(await outcome(() => sleep(Number.NaN)));
});

scenario("a cancelled sleep ends at once [WAIT-01 TASK-12]", async (print) => {
  const loop = getRunningLoop();
  const begin = loop.time();
  const task = createTask(() => sleep(60_000));
  await sleep(0);
  task.cancel();
  print(await outcome(task), "within a second", loop.time() - begin < 1000);
});

scenario(
  "many sleepers with one deadline all wake, and only then those behind [WAIT-01 SCHED-06]",
  async (print) => {
    const woken: string[] = [];

    const work = async (name: string, delay: number) => {
      await sleep(delay);
      woken.push(name);
    };

    const early = Array.from({ length: 50 }, () => () => work("early", 20));
    await gather([...early, () => work("late", 60)]);
    print(woken.length, woken.filter((name) => name === "early").length, woken.at(-1));
  },
);
