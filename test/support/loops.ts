/** The loops that every behaviour is tested on, and the block that repeats a suite for each of them. */
import { describe, it } from "node:test";
import { run } from "gyre";
import { guardLeaks } from "./leaks.ts";
import { absenceOf, type Capability, lackOf, needsOfFile } from "./loop-capabilities.ts";
import { exceptionFor, type LoopException } from "./loop-exceptions.ts";

/** The loops under test, by the name that `run(main, { loop })` knows. */
export const LOOPS = ["node", "selector", "virtual"] as const;

type RunOptions = Omit<NonNullable<Parameters<typeof run>[1]>, "loop" | "loopFactory">;

export interface LoopUnderTest {
  readonly name: (typeof LOOPS)[number];
  /** Runs main on a fresh loop of this kind. */
  readonly run: <T>(main: Parameters<typeof run<T>>[0], options?: RunOptions) => Promise<T>;
  /** node:test's `it`, skipped where test/support/loop-exceptions.ts says that this loop cannot do it. */
  readonly it: (title: string, body: () => Promise<void> | void) => void;
}

type Define = (loop: LoopUnderTest) => void;

/** Runs the same tests on every loop that has what they need, and fails those that leave something behind. */
export function describeOnLoops(title: string, define: Define): void;
export function describeOnLoops(
  title: string,
  options: { readonly needs: readonly Capability[] },
  define: Define,
): void;
export function describeOnLoops(
  title: string,
  optionsOrDefine: { readonly needs: readonly Capability[] } | Define,
  defineWithOptions?: Define,
): void {
  const [own, define] =
    typeof optionsOrDefine === "function"
      ? [[], optionsOrDefine]
      : [optionsOrDefine.needs, defineWithOptions];
  const needs = [...own, ...needsOfFile(new Error().stack ?? "")];
  for (const name of LOOPS) {
    const lack = absenceOf(name) ?? lackOf(name, needs);
    describe(`${title} (${name} loop)`, { skip: lack ?? false }, () => {
      guardLeaks();
      define?.({
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
