import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";

type AnyFunction = (...args: never[]) => unknown;

declare const signature: unique symbol;

/** The name of a function that a module exports. Workers import the module themselves. */
export class ModuleFunction<F extends AnyFunction = AnyFunction> {
  readonly url: string;
  readonly name: string;
  /** Only for the compiler. */
  declare readonly [signature]?: F;

  /** @internal */
  constructor(url: string, name: string) {
    this.url = url;
    this.name = name;
    Object.freeze(this);
  }

  toString(): string {
    return `${this.name} of ${this.url}`;
  }
}

/**
 * Names a function for executors: the way to send one that uses imports, or anything else around it.
 *
 * @param url - the module: a URL such as `import.meta.url` or `new URL("./work.js", import.meta.url)`, or an absolute path
 * @param name - what the module exports it as; "default" by default
 * @returns what `toThread`, `runInExecutor` and executors take in place of a function
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - neither text nor URL
 * @throws RangeError `GYRE_OUT_OF_RANGE` - a relative URL, which means another file to everybody
 * @example
 * const gzip = moduleFunction<typeof import("node:zlib").gzipSync>("node:zlib", "gzipSync");
 * const packed = await toThread(gzip, "text");
 *
 * Python needs none: it pickles a function as the name of its module and its own.
 */
export function moduleFunction<F extends AnyFunction = (...args: unknown[]) => unknown>(
  url: string | URL,
  name = "default",
): ModuleFunction<F> {
  if (typeof url !== "string" && !(url instanceof URL)) {
    throw new ArgumentTypeError(
      `moduleFunction(url, name) expects a URL, such as import.meta.url, but got ${describe(url)}.`,
    );
  }
  if (typeof name !== "string") {
    throw new ArgumentTypeError(
      `moduleFunction(url, name): name must be the name of an export, but got ${describe(name)}.`,
    );
  }
  return new ModuleFunction<F>(absolute(url), name);
}

function absolute(url: string | URL): string {
  if (url instanceof URL) return url.href;
  if (isAbsolute(url)) return pathToFileURL(url).href;
  if (URL.canParse(url)) return url;
  throw new ArgumentRangeError(
    `moduleFunction(${JSON.stringify(url)}): a worker cannot know what this is relative to. ` +
      `Pass new URL(${JSON.stringify(url)}, import.meta.url) for a file, or import.meta.resolve(${JSON.stringify(url)}) for a package.`,
  );
}
