/** Starts a program of examples/ in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fromRoot } from "../../../scripts/lib/paths.ts";

const LIMIT = 20_000; // ms, after which a program hangs

export interface RunningExample {
  readonly child: ChildProcess;
  /** Presses Ctrl-C. Not `child.kill()`, after which Deno hides the exit code. */
  interrupt(): void;
  /** Waits until it has printed this, and gives what matched. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits until it says where it listens, and gives the port. */
  port(): Promise<number>;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** @param name - the source below examples/, such as "crawler/main.ts" */
export function startExample(name: string, args: readonly string[] = []): RunningExample {
  const program = fromRoot(`.build/examples/${name.replace(/\.ts$/, ".js")}`);
  const host = "Deno" in globalThis ? ["run", "--allow-all"] : [];
  const child = spawn(process.execPath, [...host, program, ...args], {
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: "", NO_COLOR: "1" },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: LIMIT,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  const expected = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const look of expected) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close").then(([code]: (number | null)[]) => ({
    code: code ?? null,
    stdout,
    stderr,
  }));
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(stdout);
        if (found === null) return;
        expected.delete(look);
        resolve(found);
      };
      expected.add(look);
      look();
      void ended.then(() => reject(new Error(`it never printed ${pattern}, but:\n${stdout}${stderr}`)));
    });
  const port = async (): Promise<number> => Number((await printed(/Listening on \S+:(\d+)\n/))[1]);
  const interrupt = (): void => {
    if (child.pid !== undefined) process.kill(child.pid, "SIGINT");
  };
  return { child, interrupt, printed, port, ended };
}
