import { spawn } from "node:child_process";
import { once } from "node:events";
import { ROOT } from "./paths.ts";

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** After so many milliseconds the process is killed. */
  readonly limit?: number;
}

export interface CommandResult {
  readonly ok: boolean;
  /** Null for a process that a signal ended. */
  readonly code: number | null;
  readonly stdout: string;
  /** Standard output and standard error as they came, without colours. */
  readonly output: string;
}

/** Runs a program from the root of the repository to its end and gives back what it printed. */
export async function command(
  program: string,
  args: readonly string[],
  { cwd = ROOT, env = {}, limit = 240_000 }: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, limit);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (timedOut) output += `\nkilled: ${program} ran for more than ${limit / 1000} s\n`;
    return { ok: code === 0, code, stdout: withoutColours(stdout), output: withoutColours(output) };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a tool that a development dependency installed. */
export function tool(
  name: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<CommandResult> {
  return command(`${ROOT}node_modules/.bin/${name}`, args, options);
}

/** Maps with at most `limit` calls at a time; results are in the order of the items. */
export async function mapParallel<A, B>(
  items: readonly A[],
  limit: number,
  work: (item: A) => Promise<B>,
): Promise<B[]> {
  const results: B[] = [];
  const remaining = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of remaining) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}

function withoutColours(text: string): string {
  // oxlint-disable-next-line no-control-regex -- an escape sequence begins with a control character
  return text.replaceAll(/\u001b\[[\d;]*m/g, "");
}
