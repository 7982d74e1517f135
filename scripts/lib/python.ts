import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { command } from "./command.ts";

export const WANTED_PYTHON = "3.13";

/** The command of a CPython 3.13: from PYTHON, pyenv or the PATH. */
export async function findPython(): Promise<string | undefined> {
  for (const candidate of candidates()) {
    if (await isWanted(candidate)) return candidate;
  }
  return undefined;
}

export const NO_PYTHON = `no CPython ${WANTED_PYTHON} found (set PYTHON, or install it with pyenv or on the PATH)`;

function candidates(): string[] {
  const fromEnvironment = process.env["PYTHON"];
  if (fromEnvironment) return [fromEnvironment];
  return [...pyenvPythons(), `python${WANTED_PYTHON}`, "python3", "python"];
}

function pyenvPythons(): string[] {
  const versions = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  try {
    return readdirSync(versions)
      .filter((version) => version.startsWith(`${WANTED_PYTHON}.`))
      .map((version) => join(versions, version, "bin", "python"));
  } catch {
    return [];
  }
}

async function isWanted(candidate: string): Promise<boolean> {
  const script = "import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2])";
  try {
    const { stdout } = await command(candidate, ["-c", script], { limit: 10_000 });
    return stdout.trim() === `cpython ${WANTED_PYTHON}`;
  } catch {
    return false;
  }
}
