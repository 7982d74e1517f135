/** The tools are tested on the virtual loop and on the host's. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { run } from "gyre";
import { runVirtual, ScriptError, type ScriptedPeer } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";

export interface ToolLoop {
  readonly name: "virtual" | "node";
  /** A test whose body is the main task of a loop of this kind. */
  readonly test: (title: string, main: () => Promise<void>) => void;
}

export function describeOnBoth(title: string, define: (loop: ToolLoop) => void): void {
  for (const name of ["virtual", "node"] as const) {
    describe(`${title} (${name} loop)`, () => {
      guardLeaks();
      define({
        name,
        test: (testTitle, main) => {
          it(testTitle, () => (name === "virtual" ? runVirtual(main) : run(main, { loop: name })));
        },
      });
    });
  }
}

/** What a script has failed with. */
export async function scriptErrorOf(scripted: ScriptedPeer): Promise<ScriptError> {
  try {
    await scripted.finished();
  } catch (error) {
    assert.ok(error instanceof ScriptError, String(error));
    assert.equal(error.code, "GYRE_SCRIPT");
    return error;
  }
  throw new Error("the script passed");
}
