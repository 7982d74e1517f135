/**
 * `npm run features`: which rows of docs/features.md are proved by a test, declined or open, area by area.
 * `--open` lists the open rows; `--unknown` prints only what contradicts itself and fails on it.
 */
import { parseArgs } from "node:util";
import { readChecklist } from "./lib/checklist.ts";
import { countAreas, findProblems } from "./lib/rows.ts";

const { values } = parseArgs({ options: { open: { type: "boolean" }, unknown: { type: "boolean" } } });
const checklist = readChecklist();
const problems = findProblems(checklist);
const areas = countAreas(checklist);

if (!values.unknown) {
  console.log("area    proved  declined  open");
  for (const { area, proved, declined, open } of areas) {
    const counts = [
      String(proved).padStart(6),
      String(declined).padStart(8),
      String(open.length).padStart(4),
    ];
    console.log(area.padEnd(8) + counts.join("  "));
  }
}
if (values.open) {
  for (const { area, open } of areas) if (open.length > 0) console.log(`${area} open: ${open.join(" ")}`);
}
for (const problem of problems) console.error(problem);
const total = (count: (area: (typeof areas)[number]) => number): number =>
  areas.reduce((sum, area) => sum + count(area), 0);
console.log(
  `features: ${total((area) => area.proved)} proved, ${total((area) => area.declined)} declined, ` +
    `${total((area) => area.open.length)} open`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
