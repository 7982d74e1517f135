/** The parity pairs: `test/parity/<area>/<topic>` as .py, .ts and .txt (what CPython printed). */
import { existsSync, readFileSync } from "node:fs";
import { command, mapParallel } from "./command.ts";
import { filesBelow, fromRoot } from "./paths.ts";
import { parseSections } from "./sections.ts";

const ENDINGS = ["py", "ts"] as const;
const NAMES: Readonly<Record<(typeof ENDINGS)[number], RegExp>> = {
  py: /^@scenario\(\s*"((?:\\.|[^"\\])*)"/gm,
  ts: /^(?:scenario|script)\(\s*"((?:\\.|[^"\\])*)"/gm,
};

/** All topics, without their endings; a topic is there when one of its three files is. */
export function topics(): string[] {
  const files = ["py", "ts", "txt"].flatMap((ending) => filesBelow("test/parity", `.${ending}`));
  const named = files.filter((file) => file.split("/").length === 4);
  return [...new Set(named.map((file) => file.replace(/\.\w+$/, "")))].toSorted();
}

/** What keeps the three files of a topic from belonging together. */
export function twinProblems(topic: string): string[] {
  const missing = ["py", "ts", "txt"].filter((ending) => !existsSync(fromRoot(`${topic}.${ending}`)));
  if (missing.length > 0) return missing.map((ending) => `${topic}.${ending} is missing`);
  const stored = [...parseSections(read(`${topic}.txt`)).keys()];
  return ENDINGS.flatMap((ending) => {
    const names = scenarioNames(read(`${topic}.${ending}`), ending);
    return [
      ...names
        .filter((name) => !stored.includes(name))
        .map((name) => `${topic}.${ending}: "${name}" is not in ${topic}.txt (npm run parity:record)`),
      ...stored
        .filter((name) => !names.includes(name))
        .map((name) => `${topic}.${ending}: there is no scenario "${name}", but ${topic}.txt has it`),
    ];
  });
}

/** The names of the scenarios in the source of a twin. */
export function scenarioNames(source: string, ending: "py" | "ts"): string[] {
  return [...source.matchAll(NAMES[ending])].map((match) => JSON.parse(`"${match[1]}"`) as string);
}

/** Runs the Python twins, in two processes, and gives what each topic printed. */
export async function runPython(python: string, all: readonly string[]): Promise<Map<string, string>> {
  const halves = [all.filter((_, index) => index % 2 === 0), all.filter((_, index) => index % 2 === 1)];
  const outputs = await mapParallel(halves, 2, async (half) => {
    const files = half.map((topic) => fromRoot(`${topic}.py`));
    const { ok, stdout, output } = await command(python, [
      "-E",
      "-B",
      fromRoot("test/parity/run.py"),
      ...files,
    ]);
    if (!ok) throw new Error(`a Python twin failed:\n${output}`);
    const byFile = JSON.parse(stdout) as Record<string, string>;
    return half.map((topic): [string, string] => [topic, byFile[fromRoot(`${topic}.py`)] ?? ""]);
  });
  return new Map(outputs.flat());
}

/** Where two outputs of a topic part, or undefined when they are equal. */
export function firstDifference(stored: string, printed: string): string | undefined {
  const [before, now] = [stored.split("\n"), printed.split("\n")];
  const line = before.findIndex((text, index) => text !== now[index]);
  if (line < 0 && before.length === now.length) return undefined;
  const at = line < 0 ? before.length : line;
  return `line ${at + 1}: stored ${JSON.stringify(before[at])}, CPython now prints ${JSON.stringify(now[at])}`;
}

function read(path: string): string {
  return readFileSync(fromRoot(path), "utf8");
}
