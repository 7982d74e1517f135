/** Event: a flag that tasks wait for. */
import { createTask, Event, gather, getRunningLoop, sleep, waitFor } from "gyre";
import { type Print, scenario } from "../../support/parity.ts";
import { outcome } from "../outcomes.ts";

const settle = async () => {
  for (let i = 0; i < 5; i++) await sleep(0);
};

const state = (primitive: object) => /\[.*\]/.exec(String(primitive))?.[0];

const waiters = (print: Print, event: Event, names: string) =>
  names.split(" ").map((name) =>
    createTask(async () => {
      print(name, await event.wait(), event.isSet());
    }),
  );

scenario("set wakes all waiters in the order in which they came [SYNC-05]", async (print) => {
  const event = new Event();
  const tasks = waiters(print, event, "a b c");
  await settle();
  print(state(event), event.isSet());
  event.set();
  print(state(event), event.isSet());
  await gather(tasks);
  print(state(event));
});

scenario("waiting for a set event does not suspend [SYNC-05]", async (print) => {
  const event = new Event();
  event.set();
  getRunningLoop().callSoon(print, "the next turn");
  print(await event.wait());
  await sleep(0);
});

scenario("set followed by clear still wakes those who waited [SYNC-05]", async (print) => {
  const event = new Event();
  const tasks = waiters(print, event, "a b");
  await settle();
  event.set();
  event.clear();
  tasks.push(...waiters(print, event, "c"));
  await settle();
  print(
    tasks.map((task) => task.done()),
    state(event),
  );
  event.set();
  await gather(tasks);
});

scenario("setting twice and clearing twice is the same as once [SYNC-05]", async (print) => {
  const event = new Event();
  event.clear();
  print(state(event));
  event.set();
  event.set();
  print(state(event));
  event.clear();
  event.clear();
  print(state(event));
});

scenario("a cancelled waiter leaves, also when the event was just set [SYNC-05]", async (print) => {
  const event = new Event();
  const tasks = waiters(print, event, "a b c");
  await settle();
  tasks[0]?.cancel();
  event.set();
  tasks[2]?.cancel();
  const outcomes = [];
  for (const task of tasks) outcomes.push(await outcome(task));
  print(outcomes, state(event));
});

scenario("an event may be waited for with a timeout [SYNC-05 WAIT-09]", async (print) => {
  const event = new Event();
  print(await outcome(waitFor(() => event.wait(), 10)), state(event));
  event.set();
  print(await outcome(waitFor(() => event.wait(), 10)), state(event));
});
