/** Programs with a planted bug that only some orders show, each beside a twin without it. */
import {
  checkpoint,
  createTask,
  Event,
  type Future,
  gather,
  getRunningLoop,
  Lock,
  Queue,
  Semaphore,
  sleep,
  taskGroup,
  waitFor,
} from "gyre";

export interface Planted {
  readonly name: string;
  /** What the failure says. */
  readonly symptom: RegExp;
  /** Whether main itself fails; else something is wrong around it. */
  readonly inMain: boolean;
  readonly broken: () => Promise<void>;
  readonly mended: () => Promise<void>;
}

function require(holds: boolean, text: string): void {
  if (!holds) throw new Error(text);
}

/** Lets a task have a different start than its siblings. */
const somewhere = async (steps: number): Promise<void> => {
  for (let step = 0; step < steps; step++) await checkpoint();
};

/** A semaphore that wakes a waiter although somebody else took the permit in between. */
class NaiveSemaphore {
  #free: number;
  readonly #waiting: Future<void>[] = [];
  readonly #rechecks: boolean;

  constructor(free: number, rechecks: boolean) {
    this.#free = free;
    this.#rechecks = rechecks;
  }

  async acquire(): Promise<void> {
    do {
      if (this.#free > 0) break;
      const turn = getRunningLoop().createFuture<void>();
      this.#waiting.push(turn);
      await turn;
    } while (this.#rechecks);
    this.#free--;
  }

  release(): void {
    this.#free++;
    this.#waiting.shift()?.setResult();
  }
}

function permits(rechecks: boolean): () => Promise<void> {
  return async () => {
    const semaphore = new NaiveSemaphore(1, rechecks);
    let inside = 0;
    const enter = (steps: number) => async () => {
      await somewhere(steps);
      await semaphore.acquire();
      require(++inside === 1, "two are inside");
      await checkpoint();
      inside--;
      semaphore.release();
    };
    await gather([enter(0), enter(1), enter(2)]);
  };
}

function transfers(ordered: boolean): () => Promise<void> {
  return async () => {
    const [a, b] = [new Lock(), new Lock()];
    const transfer = (from: Lock, to: Lock) => async () => {
      await checkpoint();
      await from.runExclusive(async () => {
        await checkpoint();
        await to.runExclusive(() => checkpoint());
      });
    };
    await gather([transfer(a, b), ordered ? transfer(a, b) : transfer(b, a)]);
  };
}

function withdrawals(guarded: boolean): () => Promise<void> {
  return async () => {
    const lock = new Lock();
    let balance = 10;
    const withdraw = async (): Promise<void> => {
      if (balance < 10) return;
      await checkpoint();
      balance -= 10;
    };
    const guard = (steps: number) => async () => {
      await somewhere(steps);
      await (guarded ? lock.runExclusive(withdraw) : withdraw());
    };
    await gather([guard(0), guard(2)]);
    require(balance >= 0, "overdrawn");
  };
}

function closings(remembers: boolean): () => Promise<void> {
  return async () => {
    let closes = 0;
    let closed = false;
    const close = async (): Promise<void> => {
      if (closed) return;
      if (remembers) closed = true;
      await checkpoint(); // flushes
      closed = true;
      closes++;
    };
    await gather([close, () => somewhere(2).then(close)]);
    require(closes === 1, `closed ${closes} times`);
  };
}

function spendings(idempotent: boolean): () => Promise<void> {
  return async () => {
    const spent = new Map<string, number>();
    const server = async (id: string): Promise<void> => {
      await somewhere(3);
      spent.set(id, idempotent ? 1 : (spent.get(id) ?? 0) + 1);
    };
    const answered = new Event();
    const client = async (): Promise<void> => {
      const first = createTask(() => server("order").then(() => answered.set()));
      for (let turn = 0; turn < 4 && !answered.isSet(); turn++) await checkpoint();
      if (!answered.isSet()) await server("order"); // it took too long: once more
      await first;
    };
    await client();
    require(spent.get("order") === 1, "spent twice");
  };
}

function flags(rechecks: boolean): () => Promise<void> {
  return async () => {
    const items: number[] = [];
    const arrived = new Event();
    const consume = async (): Promise<void> => {
      while (items.length === 0) {
        if (rechecks) arrived.clear();
        await checkpoint();
        if (!rechecks) arrived.clear(); // loses what arrived a moment ago
        else if (items.length > 0) break;
        await arrived.wait();
      }
    };
    const produce = async (): Promise<void> => {
      await somewhere(1);
      items.push(1);
      arrived.set();
    };
    await gather([consume, produce]);
  };
}

function leftovers(joins: boolean): () => Promise<void> {
  return async () => {
    const queue = new Queue<number>();
    const worker = createTask(async () => {
      for await (const _ of queue) await checkpoint();
    });
    await gather([async () => queue.put(1), async () => queue.put(2)]);
    queue.shutdown();
    if (joins) await worker;
    else await somewhere(3);
  };
}

function failures(grouped: boolean): () => Promise<void> {
  return async () => {
    const fail = async (): Promise<void> => {
      await somewhere(2);
      throw new Error("a job failed");
    };
    if (grouped) {
      await taskGroup((group) => void group.createTask(fail)).catch(() => undefined);
      return;
    }
    const job = createTask(fail);
    await gather([() => somewhere(1), () => somewhere(1)]);
    if (job.done()) job.exception();
  };
}

function lostPermits(releases: boolean): () => Promise<void> {
  return async () => {
    const semaphore = new Semaphore(1);
    const use = async (): Promise<void> => {
      await semaphore.acquire();
      if (releases) {
        try {
          await sleep(10);
        } finally {
          semaphore.release();
        }
      } else {
        await sleep(10); // a cancellation keeps the permit for ever
        semaphore.release();
      }
    };
    await waitFor(use, 5).catch(() => undefined);
    await semaphore.runExclusive(() => checkpoint());
  };
}

export const PLANTED: readonly Planted[] = [
  {
    name: "a naive semaphore",
    symptom: /two are inside/,
    inMain: true,
    broken: permits(false),
    mended: permits(true),
  },
  {
    name: "two locks taken in different order",
    symptom: /can wake the main task/,
    inMain: true,
    broken: transfers(false),
    mended: transfers(true),
  },
  {
    name: "check, then act",
    symptom: /overdrawn/,
    inMain: true,
    broken: withdrawals(false),
    mended: withdrawals(true),
  },
  {
    name: "a double close",
    symptom: /closed 2 times/,
    inMain: true,
    broken: closings(false),
    mended: closings(true),
  },
  {
    name: "a retry that spends twice",
    symptom: /spent twice/,
    inMain: true,
    broken: spendings(false),
    mended: spendings(true),
  },
  {
    name: "a lost wake-up",
    symptom: /can wake the main task/,
    inMain: true,
    broken: flags(false),
    mended: flags(true),
  },
  {
    name: "a worker that nobody awaits",
    symptom: /left a task behind/,
    inMain: false,
    broken: leftovers(false),
    mended: leftovers(true),
  },
  {
    name: "a failed job that nobody looks at",
    symptom: /a job failed|left a task behind/,
    inMain: false,
    broken: failures(false),
    mended: failures(true),
  },
  {
    name: "a permit that a cancellation keeps",
    symptom: /can wake the main task/,
    inMain: true,
    broken: lostPermits(false),
    mended: lostPermits(true),
  },
];
