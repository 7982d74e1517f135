/** A program with something of everything that waits or wakes, which notes each step and the time of it. */
import {
  Barrier,
  checkpoint,
  Condition,
  createTask,
  Event,
  gather,
  getRunningLoop,
  isCancelled,
  Lock,
  Queue,
  Semaphore,
  shield,
  sleep,
  taskGroup,
  timeout,
  wait,
  waitFor,
} from "gyre";

type Note = (text: string) => void;

export async function busyProgram(write: (line: string) => void): Promise<void> {
  const loop = getRunningLoop();
  const note: Note = (text) => write(`${loop.time()} ${text}`);
  const parts = { callbacks, timeouts, groups, locks, queues, meetings, cancellations };
  await gather(
    Object.entries(parts).map(([name, part]) => async () => {
      await part((text) => note(`${name}: ${text}`));
      note(`${name}: end`);
    }),
  );
}

async function callbacks(note: Note): Promise<void> {
  const loop = getRunningLoop();
  for (const name of ["a", "b"]) loop.callSoon(() => loop.callSoon(note, `soon ${name}`));
  for (const delay of [3, 1, 2.5, 1]) loop.callLater(delay, note, `later ${delay}`);
  loop.callLater(2, note, "never").cancel();
  const future = loop.createFuture<string>();
  future.addDoneCallback(() => note("done callback"));
  loop.callLater(2, () => future.setResult("settled"));
  note(await future);
  await sleep(2);
}

async function timeouts(note: Note): Promise<void> {
  for (const delay of [1, 5]) {
    const outcome = await timeout(3, () => sleep(delay, "in time")).catch((error: Error) => error.name);
    note(`timeout after 3, sleep of ${delay}: ${outcome}`);
  }
  const outcome = await waitFor(shield(sleep(4)), 1).catch((error: Error) => error.name);
  note(`shielded: ${outcome}`);
  const tasks = [1, 2, 3].map((delay) => createTask(() => sleep(delay, delay)));
  const { done, pending } = await wait(tasks, { timeout: 2 });
  note(`wait: ${done.size} done, ${pending.size} pending`);
  await gather([...pending]);
}

async function groups(note: Note): Promise<void> {
  const child = (name: string, steps: number) => async () => {
    try {
      for (let step = 0; step < steps; step++) {
        note(`${name}${step}`);
        await (step % 2 === 0 ? checkpoint() : sleep(1));
      }
      if (steps === 3) throw new Error(name);
    } finally {
      note(`${name} finally`);
    }
  };
  const outcome = await taskGroup(async (group) => {
    for (const [index, name] of ["x", "y", "z"].entries()) group.createTask(child(name, index + 2));
    group.createTask(child("w", 4), { eagerStart: true });
  }).catch((error: AggregateError) => error.errors.map(String).join());
  note(`group: ${outcome}`);
}

async function locks(note: Note): Promise<void> {
  const [lock, semaphore] = [new Lock(), new Semaphore(2)];
  const work = (name: string) => async () => {
    await semaphore.runExclusive(async () => {
      note(`${name} has a permit`);
      await lock.runExclusive(async () => {
        note(`${name} has the lock`);
        await checkpoint();
      });
    });
  };
  await gather(["1", "2", "3", "4"].map(work));
}

async function queues(note: Note): Promise<void> {
  const queue = new Queue<string>(2);
  const consume = (name: string) => async () => {
    for await (const item of queue) {
      note(`${name} got ${item}`);
      await (name === "slow" ? sleep(1) : checkpoint());
      queue.taskDone();
    }
  };
  const produce = (name: string) => async () => {
    for (let item = 0; item < 4; item++) await queue.put(`${name}${item}`);
  };
  const consumers = ["quick", "slow"].map((name) => createTask(consume(name)));
  await gather([produce("p"), produce("q")]);
  await queue.join();
  queue.shutdown();
  await gather(consumers);
}

async function meetings(note: Note): Promise<void> {
  const [event, barrier, condition] = [new Event(), new Barrier(3), new Condition()];
  let ready = false;
  const meet = (name: string) => async () => {
    await event.wait();
    note(`${name} saw the event`);
    note(`${name} is number ${await barrier.wait()} at the barrier`);
    await condition.runExclusive(async () => {
      await condition.waitFor(() => ready);
      note(`${name} saw the condition`);
    });
  };
  const tasks = ["k", "l", "m"].map((name) => createTask(meet(name)));
  await sleep(1);
  event.set();
  await sleep(1);
  await condition.runExclusive(() => {
    ready = true;
    condition.notifyAll();
  });
  await gather(tasks);
}

async function cancellations(note: Note): Promise<void> {
  const tasks = [0, 1, 2].map((name) =>
    createTask(async () => {
      try {
        await sleep(10);
      } catch (error) {
        note(`${name} is cancelled: ${isCancelled(error)}`);
        await checkpoint();
        throw error;
      } finally {
        note(`${name} finally`);
      }
    }),
  );
  for (const task of tasks) {
    await checkpoint();
    task.cancel();
  }
  const outcomes = await gather(tasks, { returnExceptions: true });
  note(`cancelled: ${outcomes.map(isCancelled).join()}`);
}
