import { readFileSync } from "node:fs";
import { filesBelow, fromRoot } from "./paths.ts";
import { type Checklist, parseDeclined, parseProofs, parseRows } from "./rows.ts";

/** The suites whose titles prove rows; the scripts' own tests quote row IDs as examples. */
const PROVING = ["test/unit", "test/conformance", "test/parity", "test/property", "test/stress"];
const NOT_PROVING = "test/unit/scripts/";

/** The checklist as it stands in the repository. */
export function readChecklist(): Checklist {
  const files = PROVING.flatMap((folder) => filesBelow(folder, ".ts"));
  return {
    rows: parseRows(readFileSync(fromRoot("docs/features.md"), "utf8")),
    declined: parseDeclined(readFileSync(fromRoot("docs/deviations.md"), "utf8")),
    proofs: files
      .filter((file) => !file.startsWith(NOT_PROVING))
      .flatMap((file) => parseProofs(file, readFileSync(fromRoot(file), "utf8"))),
  };
}
