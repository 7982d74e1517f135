/** Where in the user's code something happened, for debug mode. */

const HOST = /\b(?:node|ext|bun):|\(native|\(<anonymous>\)/;
const DEPTH = 10; // frames kept (asyncio's DEBUG_STACK_DEPTH)
/** Our own code, compiled or mapped back to its source, as URLs and as paths: hosts differ in what they show. */
const LIBRARY = ["..", "../../src/"].flatMap((folder) => {
  const url = new URL(folder, import.meta.url);
  return [url.href, ` ${url.pathname}`, `(${url.pathname}`];
});

/** The user's part of the current stack, one frame a line, innermost first. Costs microseconds: for debug mode only. */
export function captureSite(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH * 2;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = limit;
  const frames = stack.split("\n").filter((line) => line.startsWith("    at ") && !isForeign(line));
  return frames
    .slice(0, DEPTH)
    .map((line) => line.trim())
    .join("\n");
}

/** The innermost frame of a site, as `file:line:column` or with its function before. */
export function firstFrame(site: string): string {
  return (site.split("\n", 1)[0] ?? "").replace(/^at (?:async )?/, "");
}

function isForeign(line: string): boolean {
  return HOST.test(line) || LIBRARY.some((place) => line.includes(place));
}
