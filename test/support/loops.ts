/** The loops that every behaviour is tested on, and the block that repeats a suite for each of them. */
import { describe, it } from "node:test";
import { run } from "gyre";
import { guardLeaks } from "./leaks.ts";
import { exceptionFor, type LoopException } from "./loop-exceptions.ts";

/** The loops under test, by the name that `run(main, { loop })` knows. */
export const LOOPS = ["node"] as const;

type RunOptions = Omit<NonNullable<Parameters<typeof run>[1]>, "loop" | "loopFactory">;

export interface LoopUnderTest {
  readonly name: (typeof LOOPS)[number];
  /** Runs main on a fresh loop of this kind. */
  readonly run: <T>(main: Parameters<typeof run<T>>[0], options?: RunOptions) => Promise<T>;
  /** node:test's `it`, skipped where test/support/loop-exceptions.ts says that this loop cannot do it. */
  readonly it: (title: string, body: () => Promise<void> | void) => void;
}

/** Runs the same tests on every loop, and fails those that leave something behind. */
export function describeOnLoops(title: string, define: (loop: LoopUnderTest) => void): void {
  for (const name of LOOPS) {
    describe(`${title} (${name} loop)`, () => {
      guardLeaks();
      define({
        name,
        run: (main, options) => run(main, { ...options, loop: name }),
        it: (testTitle, body) => {
          it(testTitle, { skip: skipReason(exceptionFor(name, testTitle)) }, body);
        },
      });
    });
  }
}

function skipReason(exception: LoopException | undefined): string | false {
  return exception ? exception.reason : false;
}
