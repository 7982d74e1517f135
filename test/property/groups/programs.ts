/** Random programs of groups, tasks and timeouts, and a runner that keeps books on what they do. */
import * as fc from "fast-check";
import { checkpoint, isCancelled, sleep, type TaskGroup, TimeoutError, taskGroup, timeout } from "gyre";

export type Program =
  | { readonly kind: "nap"; readonly turns: number }
  | { readonly kind: "sleep"; readonly ms: number }
  | { readonly kind: "fail" }
  | { readonly kind: "sequence"; readonly steps: readonly Program[] }
  | { readonly kind: "cleanUp"; readonly inner: Program; readonly turns: number; readonly fails: boolean }
  | { readonly kind: "timeout"; readonly ms: number; readonly inner: Program }
  | {
      readonly kind: "group";
      readonly tasks: readonly Start[];
      readonly body: Program;
      readonly late: boolean;
    }
  | { readonly kind: "cancelGroup" };

export interface Start {
  readonly work: Program;
  readonly eager: boolean;
  readonly ready: boolean;
}

const turns = fc.nat({ max: 4 });

export const programs: fc.Arbitrary<Program> = fc.letrec<{ program: Program; start: Start }>((tie) => ({
  program: fc.oneof(
    { depthSize: "medium", maxDepth: 4 },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("nap" as const), turns }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("sleep" as const), ms: fc.constant(1) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("fail" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancelGroup" as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("sequence" as const),
        steps: fc.array(tie("program"), { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("cleanUp" as const),
        inner: tie("program"),
        turns,
        fails: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("timeout" as const),
        ms: fc.constantFrom(0, 1, 1000),
        inner: tie("program"),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("group" as const),
        tasks: fc.array(tie("start"), { maxLength: 4 }),
        body: tie("program"),
        late: fc.boolean(),
      }),
    },
  ),
  start: fc.record({
    work: tie("program"),
    eager: fc.boolean(),
    ready: fc.boolean(),
  }),
})).program;

/** What a run of a program did. */
export class Books {
  /** Steps that began and did not end. */
  alive = 0;
  /** How often each `finally` block ran, in the order of their beginnings. */
  readonly finallyRuns: number[] = [];
  /** Every error that was thrown, cancellations excepted, and that nothing replaced on purpose. */
  readonly thrown: Error[] = [];

  async run(program: Program, group: TaskGroup | null = null): Promise<void> {
    const index = this.finallyRuns.push(0) - 1;
    this.alive++;
    try {
      await this.#step(program, group);
    } finally {
      this.alive--;
      this.finallyRuns[index] = (this.finallyRuns[index] ?? 0) + 1;
    }
  }

  async #step(program: Program, group: TaskGroup | null): Promise<void> {
    switch (program.kind) {
      case "nap":
        return nap(program.turns);
      case "sleep":
        return sleep(program.ms);
      case "fail":
        throw this.#error("fail");
      case "cancelGroup":
        return group?.cancel();
      case "sequence":
        for (const step of program.steps) await this.run(step, group);
        return;
      case "cleanUp":
        return this.#cleanUp(program, group);
      case "timeout":
        return this.#timeout(program, group);
      case "group":
        return taskGroup((own) => this.#body(program, own));
    }
  }

  /** An error of the inner program is kept; a cancellation may be replaced by an error of the clean-up. */
  async #cleanUp(program: Program & { kind: "cleanUp" }, group: TaskGroup | null): Promise<void> {
    let failed = false;
    try {
      await this.run(program.inner, group);
    } catch (error) {
      failed = program.fails || !isCancelled(error);
      throw program.fails && isCancelled(error) ? this.#error("clean-up") : error;
    } finally {
      await nap(program.turns).catch((error: unknown) => {
        if (!failed) throw error;
      });
    }
  }

  async #timeout(program: Program & { kind: "timeout" }, group: TaskGroup | null): Promise<void> {
    try {
      await timeout(program.ms, () => this.run(program.inner, group));
    } catch (error) {
      if (error instanceof TimeoutError && !this.thrown.includes(error)) this.thrown.push(error);
      throw error;
    }
  }

  async #body(program: Program & { kind: "group" }, group: TaskGroup): Promise<void> {
    const { tasks, body, late } = program;
    if (late) await this.run(body, group);
    for (const start of tasks) {
      const accepts = !String(group).includes("cancelling"); // else createTask would refuse, which is tested elsewhere
      if (accepts && start.ready) await this.#startReady(start, group);
      else if (accepts) group.createTask(() => this.run(start.work, group), { eagerStart: start.eager });
    }
    if (!late) await this.run(body, group);
  }

  async #startReady({ work, eager }: Start, group: TaskGroup): Promise<void> {
    await group.start<void>(async (started) => {
      if (!eager) await checkpoint();
      started();
      await this.run(work, group);
    });
  }

  #error(name: string): Error {
    const error = new Error(`${name} ${this.thrown.length}`);
    this.thrown.push(error);
    return error;
  }
}

/** The single errors of a tree of groups. */
export function leaves(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(leaves) : [error];
}

async function nap(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await checkpoint();
}
