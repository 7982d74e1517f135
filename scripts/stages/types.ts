import { tool } from "../lib/command.ts";
import { filesBelow } from "../lib/paths.ts";
import { check, type Result, sum } from "../lib/result.ts";

/** Each file of test/types compiles, its `@ts-expect-error` lines being errors. */
export async function types(): Promise<Result> {
  const { ok, output } = await tool("tsc", ["--project", "test/types", "--pretty", "false"]);
  const lines = output.trim().split("\n");
  const results = filesBelow("test/types", ".ts").map((file) =>
    check(lines.filter((line) => line.startsWith(`${file}(`))),
  );
  const counted = sum(results);
  return ok || counted.failed > 0 ? counted : check([output.trim()]);
}
