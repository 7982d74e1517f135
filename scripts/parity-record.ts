/** `npm run parity:record`: runs the Python twins and stores what they print as the expected outputs. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { runPython, topics } from "./lib/parity.ts";
import { fromRoot } from "./lib/paths.ts";
import { findPython, NO_PYTHON } from "./lib/python.ts";

const python = await findPython();
if (python === undefined) {
  console.log(`skipped, nothing was recorded: ${NO_PYTHON}`);
} else {
  const withPython = topics().filter((topic) => existsSync(fromRoot(`${topic}.py`)));
  for (const [topic, output] of await runPython(python, withPython)) {
    const path = fromRoot(`${topic}.txt`);
    const before = existsSync(path) ? readFileSync(path, "utf8") : undefined;
    if (before === output) continue;
    writeFileSync(path, output);
    console.log(`${before === undefined ? "new" : "changed"}: ${topic}.txt`);
  }
  console.log(`recorded ${withPython.length} topics with ${python}`);
}
