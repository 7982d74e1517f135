/** In a worker: modules in TypeScript. Node strips types and tsx compiles in workers as well, but not tsx on Node 20. */

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** Imports a module; where the program runs under tsx and this thread does not, it does from then on. */
export async function importModule(url: string): Promise<Record<string, unknown>> {
  try {
    return await import(url);
  } catch (error) {
    if (!isUnknownExtension(error) || !(await registerTsx())) throw error;
    return await import(url);
  }
}

function isUnknownExtension(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_UNKNOWN_FILE_EXTENSION";
}

async function registerTsx(): Promise<boolean> {
  const api = tsxApi();
  if (api === null) return false;
  const { register }: { register?: unknown } = await import(api);
  if (typeof register !== "function") return false;
  register();
  return true;
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
