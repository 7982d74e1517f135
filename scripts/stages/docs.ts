import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { command, mapParallel, tool } from "../lib/command.ts";
import { type Example, extractExamples, outputProblem } from "../lib/examples.ts";
import { filesBelow, fromRoot } from "../lib/paths.ts";
import { check, type Result, sum } from "../lib/result.ts";

const FOLDER = ".build/docs";
const RUN_LIMIT = 10_000;
const TSCONFIG = {
  extends: "../../tsconfig.base.json",
  compilerOptions: { composite: false, noUnusedLocals: false, noUnusedParameters: false, outDir: "out" },
  include: ["*.ts"],
};

/** Compiles every example of README and docs against the built package, and runs it where it can be. */
export async function docs(): Promise<Result> {
  const examples = readExamples();
  if (examples.length === 0) return check([]);
  writeSources(examples);
  const compilerProblems = await compile(examples);
  const results = await mapParallel(examples, 2, async (example) => {
    const problems = compilerProblems.get(example) ?? [];
    if (example.expectation === "does not compile") {
      return check(problems.length > 0 ? [] : [`${place(example)}: compiles, but must not`]);
    }
    if (problems.length > 0 || example.expectation === "compiles") return check(problems);
    return check(await run(example));
  });
  return sum(results);
}

function readExamples(): Example[] {
  const pages = ["README.md", ...filesBelow("docs", ".md")];
  return pages.flatMap((page) => {
    try {
      return extractExamples(page, readFileSync(fromRoot(page), "utf8"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  });
}

function writeSources(examples: readonly Example[]): void {
  rmSync(fromRoot(FOLDER), { recursive: true, force: true });
  mkdirSync(fromRoot(FOLDER), { recursive: true });
  writeFileSync(fromRoot(`${FOLDER}/tsconfig.json`), JSON.stringify(TSCONFIG));
  for (const example of examples) writeFileSync(fromRoot(`${FOLDER}/${name(example)}.ts`), example.code);
}

/** The compiler's messages, each at its place in the page. */
async function compile(examples: readonly Example[]): Promise<Map<Example, string[]>> {
  const { output } = await tool("tsc", ["--project", FOLDER, "--pretty", "false"]);
  const found = new Map<Example, string[]>();
  for (const example of examples) {
    const messages = [
      ...output.matchAll(new RegExp(`^${FOLDER}/${name(example)}\\.ts\\((\\d+),\\d+\\): (.*)$`, "gm")),
    ];
    const problems = messages.map(([, line, text]) => `${place(example, Number(line) - 1)}: ${text}`);
    if (problems.length > 0) found.set(example, problems);
  }
  if (output.trim() !== "" && found.size === 0)
    throw new Error(`the examples cannot be compiled:\n${output}`);
  return found;
}

async function run(example: Example): Promise<string[]> {
  const program = fromRoot(`${FOLDER}/out/${name(example)}.js`);
  const { ok, stdout, output } = await command(process.execPath, [program], {
    cwd: fromRoot(FOLDER),
    limit: RUN_LIMIT,
  });
  if (!ok) return [`${place(example)}: fails:\n${output.trim()}`];
  const problem = outputProblem(example.code, stdout);
  return problem === undefined ? [] : [`${place(example)}: ${problem}`];
}

function place(example: Example, offset = 0): string {
  return `${example.file}:${example.line + offset}`;
}

function name(example: Example): string {
  return `${example.file.replace(/\.md$/, "").replaceAll(/\W/g, "-")}-${example.line}`;
}
