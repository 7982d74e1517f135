/** `npm run test:matrix [-- NAME...]`: the suites on Node 20 to 26, Bun and Deno, and one table at the end. */
import { obtain, SOURCES } from "./lib/cached-runtimes.ts";
import { NOTHING, summary } from "./lib/result.ts";
import { SUITES, suiteFiles, VIRTUAL, virtualFiles } from "./lib/suites.ts";
import { build } from "./stages/build.ts";

const wanted = process.argv.slice(2);
const sources = SOURCES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const built = await build();
if (built.failed > 0) {
  console.error(built.details);
  process.exit(1);
}

const stages = [
  ...SUITES.map((suite) => ({ name: suite as string, files: suiteFiles(suite), env: {} })),
  { name: "virtual", files: virtualFiles(), env: VIRTUAL },
];
const table = [["", ...stages.map(({ name }) => name)]];
let failed = 0;
for (const source of sources) {
  const runtime = await obtain(source);
  if (typeof runtime === "string") {
    console.log(`${source.name}: not tested: ${runtime}`);
    table.push([source.name, "not tested"]);
    continue;
  }
  const row = [runtime.name];
  for (const { name, files, env } of stages) {
    const result = files.length > 0 ? await runtime.run(files, env) : NOTHING;
    failed += result.failed;
    if (result.details !== undefined) console.log(result.details);
    console.log(`${runtime.name}: ${name}: ${summary(result)}`);
    row.push(`${result.passed}/${result.passed + result.failed}`);
  }
  table.push(row);
}

console.log("\npassed of those that ran:");
for (const row of table)
  console.log(
    row
      .map((cell) => cell.padEnd(14))
      .join("")
      .trimEnd(),
  );
process.exitCode = failed > 0 ? 1 : 0;
