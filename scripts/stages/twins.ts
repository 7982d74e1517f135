import { readFileSync } from "node:fs";
import { firstDifference, runPython, topics, twinProblems } from "../lib/parity.ts";
import { fromRoot } from "../lib/paths.ts";
import { findPython, NO_PYTHON } from "../lib/python.ts";
import { check, NOTHING, type Result, sum } from "../lib/result.ts";

/** Every parity topic has its three files with the same scenarios, and CPython still prints what is stored. */
export async function twins(): Promise<Result> {
  const all = topics();
  const problems = all.flatMap(twinProblems);
  if (problems.length > 0) return { ...NOTHING, failed: problems.length, details: problems.join("\n") };
  const python = await findPython();
  if (python === undefined) return { ...NOTHING, skipped: all.length, note: NO_PYTHON };
  const outputs = await runPython(python, all);
  return sum(
    all.map((topic) => {
      const difference = firstDifference(
        readFileSync(fromRoot(`${topic}.txt`), "utf8"),
        outputs.get(topic) ?? "",
      );
      return check(difference === undefined ? [] : [`${topic}.txt: ${difference}`]);
    }),
  );
}
