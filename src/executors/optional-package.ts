import { createRequire } from "node:module";
import { RuntimeError } from "../core/errors.ts";

const require = createRequire(import.meta.url);

/**
 * A package that few programs need, loaded now.
 *
 * @param needed - what cannot be done without it, as the subject of the error's sentence, and what can
 * @throws RuntimeError `GYRE_NOT_SUPPORTED` - it is not installed
 */
export function optionalPackage(name: string, needed: string): unknown {
  try {
    return require(name);
  } catch (cause) {
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      `${needed} the package ${name}, an optional dependency that is not installed: run npm install ${name}.`,
      { cause },
    );
  }
}
