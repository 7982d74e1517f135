/** asCompleted: several awaitables, one after the other as they end. */
import { asCompleted, createTask, type Future, gather, sleep, TimeoutError } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, Boom, nameOf, outcome } from "../outcomes.ts";

const after = async (delay: number, value: string) => {
  await sleep(delay);
  return value;
};

/** TypeScript takes it that `for await` awaits what an async iterator yields; these futures arrive as they are. */
const future = <T>(completed: T) => completed as unknown as Future<T>;

scenario("async iteration gives the very tasks, in the order in which they end [WAIT-11]", async (print) => {
  const tasks: Future<string>[] = [
    createTask(() => after(60, "c")),
    createTask(() => after(20, "a")),
    createTask(() => after(40, "b")),
  ];
  for await (const task of asCompleted(tasks)) print(future(task).result(), tasks.includes(future(task)));
});

scenario(
  "plain iteration gives an awaitable per member; each has the next result [WAIT-11]",
  async (print) => {
    const completed = asCompleted([() => after(40, "b"), () => after(20, "a")]);
    for (const nextResult of completed) print(await nextResult);
  },
);

scenario("an error comes in its turn, and does not end the iteration [WAIT-11]", async (print) => {
  const fail = async (): Promise<string> => {
    await sleep(20);
    throw new Boom("no");
  };

  for await (const task of asCompleted([() => after(40, "last"), fail, () => after(0, "first")])) {
    print(await outcome(future(task)));
  }
});

scenario("an iteration left by break can be taken up again [WAIT-11]", async (print) => {
  const completed = asCompleted([() => after(50, "c"), () => after(10, "a"), () => after(30, "b")]);
  for await (const task of completed) {
    print(future(task).result());
    break;
  }
  print("break");
  for await (const task of completed) print(future(task).result());
});

scenario(
  "at its timeout the iteration ends with TimeoutError, and nothing is cancelled [WAIT-11]",
  async (print) => {
    const slow = createTask(() => after(60, "slow"));
    try {
      for await (const task of asCompleted([slow, () => after(0, "quick")], { timeout: 20 }))
        print(future(task).result());
    } catch (error) {
      if (error instanceof TimeoutError) print(nameOf(error), "slow is done", slow.done());
    }
    print(await slow);
  },
);

scenario(
  "in plain iteration every awaitable left over at the timeout raises TimeoutError [WAIT-11]",
  async (print) => {
    const slow = ["a", "b"].map((name) => createTask(() => after(60, name)));
    for (const nextResult of asCompleted([...slow, () => after(0, "quick")], { timeout: 20 })) {
      print(await outcome(nextResult));
    }
    print(await gather(slow));
  },
);

scenario(
  "a member given twice comes once; no members, no turns; a single future is a TypeError [WAIT-11]",
  async (print) => {
    const task = createTask(() => after(0, "once"));
    for await (const completed of asCompleted([task, task])) print(future(completed).result());
    for await (const _ of asCompleted([])) print("never");
    print(attempt(() => asCompleted(task as never)));
  },
);
