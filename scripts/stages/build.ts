import { tool } from "../lib/command.ts";
import { checkCommand, type Result } from "../lib/result.ts";

/** Type-checks and compiles sources, scripts, tests, benchmarks and examples. */
export async function build(): Promise<Result> {
  return checkCommand(await tool("tsc", ["--build"]));
}
