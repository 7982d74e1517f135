import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  countAreas,
  findProblems,
  parseDeclined,
  parseProofs,
  parseRows,
} from "../../../scripts/lib/rows.ts";

describe("the feature checklist", () => {
  it("reads row IDs from the tables", () => {
    assert.deepEqual(
      parseRows("| ID | Name |\n|---|---|\n| RUN-01 | `run` | x |\n| FUT-22 | y |\nsee RUN-02"),
      ["RUN-01", "FUT-22"],
    );
  });

  it("reads declined rows, one or several to a line", () => {
    const page =
      "| Row | Declined because |\n|---|---|\n| POL-07, POL-08 | no policies |\n| POL-15 | no fork |";
    assert.deepEqual(parseDeclined(page), ["POL-07", "POL-08", "POL-15"]);
  });

  it("finds the rows at the end of titles", () => {
    const source = [
      'it("one [FUT-05]", () => {});',
      "loop.it(`two [FUT-06 TASK-01]`, async () => {});",
      'scenario(\n  "three \\"quoted\\" [RUN-01]",',
      'it("no [brackets] at the end", () => {});',
      'exit("not a test [RUN-02]");',
    ].join("\n");
    assert.deepEqual(
      parseProofs("a.ts", source).map(({ row, line }) => `${row}:${line}`),
      ["FUT-05:1", "FUT-06:2", "TASK-01:2", "RUN-01:3"],
    );
  });

  it("counts proved, declined and open rows by area", () => {
    const proofs = [
      { row: "FUT-01", file: "a.ts", line: 1 },
      { row: "FUT-01", file: "b.ts", line: 1 },
    ];
    assert.deepEqual(countAreas({ rows: ["FUT-01", "FUT-02", "POL-01"], proofs, declined: ["POL-01"] }), [
      { area: "FUT", proved: 1, declined: 0, open: ["FUT-02"] },
      { area: "POL", proved: 0, declined: 1, open: [] },
    ]);
  });

  it("reports unknown rows, and rows that are both proved and declined", () => {
    const proofs = [
      { row: "FUT-99", file: "a.ts", line: 3 },
      { row: "POL-01", file: "a.ts", line: 4 },
    ];
    assert.deepEqual(findProblems({ rows: ["POL-01"], proofs, declined: ["POL-01", "POL-77"] }), [
      "docs/deviations.md: there is no row POL-77",
      "a.ts:3: there is no row FUT-99 in docs/features.md",
      "a.ts:4: POL-01 is proved here, but docs/deviations.md declines it",
    ]);
  });
});
