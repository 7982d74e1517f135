/** Where in the user's code something happened, for debug mode. */

const DEPTH = 10; // frames kept (asyncio's DEBUG_STACK_DEPTH)
const LIBRARY = new URL("..", import.meta.url).href;

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
  return line.includes(LIBRARY) || line.includes("node:internal") || line.includes("(native)");
}
