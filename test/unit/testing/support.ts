/** The tools are tested on the virtual loop and on the host's. */
import { describe, it } from "node:test";
import { run } from "gyre";
import { runVirtual } from "gyre/testing";
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
