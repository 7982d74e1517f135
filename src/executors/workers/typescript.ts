/** In a worker: modules in TypeScript. Node strips types and tsx compiles in workers as well, but not tsx on Node 20. */

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";

const TYPESCRIPT = /\.[cm]?tsx?(?:$|[?#])/;
const FIRST_TO_INHERIT = 22; // the version of Node whose threads have the loaders of the program

let registered: Promise<void> | null = null;

/** Imports a module. A failed import would be remembered, so that what loads TypeScript has to be there before. */
export async function importModule(url: string): Promise<Record<string, unknown>> {
  if (TYPESCRIPT.test(url)) await (registered ??= registerTsx());
  return await import(url);
}

async function registerTsx(): Promise<void> {
  if (isMainThread || Number.parseInt(process.versions.node, 10) >= FIRST_TO_INHERIT) return;
  const api = tsxApi();
  if (api === null) return;
  const { register }: { register?: unknown } = await import(api);
  if (typeof register === "function") register();
}

/** Where the tsx is that the flags of the program name. */
function tsxApi(): string | null {
  const flags = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  const [, folder] = /(\S*\/tsx)\/dist\//.exec(flags) ?? [];
  try {
    if (folder !== undefined) {
      const file = `${folder}/dist/esm/api/index.mjs`;
      return file.startsWith("file:") ? file : pathToFileURL(file).href;
    }
    if (!/(?:^|[ =])tsx(?:$|[ /])/.test(flags)) return null;
    return pathToFileURL(createRequire(`${process.cwd()}/`).resolve("tsx/esm/api")).href;
  } catch {
    return null;
  }
}
