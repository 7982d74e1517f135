/** The loops that every behaviour is tested on, and the block that repeats a suite for each of them. */
import { describe, it } from "node:test";
import { run } from "gyre";
import { guardLeaks } from "./leaks.ts";
import { absenceOf, type Capability, lackOf, needsOfFile } from "./loop-capabilities.ts";
import { exceptionFor } from "./loop-exceptions.ts";

/** The loops under test, by the name that `run(main, { loop })` knows. */
export const LOOPS = ["node", "selector", "virtual"] as const;

/** Where GYRE_TEST_LOOPS names some of them, the others are left out. */
const CHOSEN = process.env["GYRE_TEST_LOOPS"]?.split(",") ?? LOOPS;

type RunOptions = Omit<NonNullable<Parameters<typeof run>[1]>, "loop" | "loopFactory">;

export interface LoopUnderTest {
  readonly name: (typeof LOOPS)[number];
  /** Runs main on a fresh loop of this kind. */
  readonly run: <T>(main: Parameters<typeof run<T>>[0], options?: RunOptions) => Promise<T>;
  /** node:test's `it`, skipped where the loop lacks something, or where test/support/loop-exceptions.ts says that it cannot do it. */
  readonly it: It;
}

interface Needs {
  readonly needs: readonly Capability[];
}

type Body = () => Promise<void> | void;

interface It {
  (title: string, body: Body): void;
  (title: string, options: Needs, body: Body): void;
}

type Define = (loop: LoopUnderTest) => void;

/** Runs the same tests on every loop that has what they need, and fails those that leave something behind. */
export function describeOnLoops(title: string, define: Define): void;
export function describeOnLoops(title: string, options: Needs, define: Define): void;
export function describeOnLoops(title: string, ...rest: [Define] | [Needs, Define]): void {
  const [own, define] = rest.length === 1 ? [NOTHING, rest[0]] : rest;
  const needs = [...own.needs, ...needsOfFile(new Error().stack ?? "")];
  for (const name of LOOPS) {
    if (!CHOSEN.some((chosen) => chosen === name)) continue;
    const lack = absenceOf(name) ?? lackOf(name, needs);
    describe(`${title} (${name} loop)`, { skip: lack ?? false }, () => {
      guardLeaks();
      define({
        name,
        run: (main, options) => run(main, { ...options, loop: name }),
        it: (testTitle: string, ...options: [Body] | [Needs, Body]) => {
          const [more, body] = options.length === 1 ? [NOTHING, options[0]] : options;
          it(testTitle, { skip: reasonToSkip(name, testTitle, more) ?? false }, body);
        },
      });
    });
  }
}

const NOTHING: Needs = { needs: [] };

function reasonToSkip(name: string, title: string, { needs }: Needs): string | null {
  return lackOf(name, needs) ?? exceptionFor(name, title)?.reason ?? null;
}
