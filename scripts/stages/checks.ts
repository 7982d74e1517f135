import { readFileSync } from "node:fs";
import { readChecklist } from "../lib/checklist.ts";
import { tool } from "../lib/command.ts";
import { checkLayers } from "../lib/layers.ts";
import { filesBelow, fromRoot } from "../lib/paths.ts";
import { check, checkCommand, type Result } from "../lib/result.ts";
import { findProblems } from "../lib/rows.ts";

export async function lint(): Promise<Result> {
  return checkCommand(await tool("oxlint", []));
}

export async function format(): Promise<Result> {
  return checkCommand(await tool("oxfmt", ["--check"]));
}

/** Who in src/ imports whom. */
export function layers(): Result {
  const files = filesBelow("src", ".ts").map((path): [string, string] => [
    path.slice("src/".length),
    readFileSync(fromRoot(path), "utf8"),
  ]);
  return check(checkLayers(new Map(files)), `${files.length} files`);
}

/** Tests name only rows that exist and that nobody declined. */
export function features(): Result {
  return check(findProblems(readChecklist()));
}
