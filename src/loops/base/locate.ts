/**
 * Where a function was defined, for error reports in every mode: nothing is recorded beforehand, the host's own inspector is
 * asked. Takes some milliseconds. Bun and Deno do not tell.
 */

import type { Session } from "node:inspector";

const KEY = "gyre.locate";

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** `file:line:column`, counted from one; null where the host cannot tell. */
export function locateFunction(fn: (...args: never[]) => unknown): string | null {
  const inspector = process.getBuiltinModule?.("node:inspector");
  if (inspector === undefined) return null;
  const session = new inspector.Session();
  try {
    session.connect();
    return findIn(session, fn);
  } catch {
    return null; // an inspector that is only partly there: the report goes without a place
  } finally {
    session.disconnect();
  }
}

function findIn(session: Session, fn: (...args: never[]) => unknown): string | null {
  const urls = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
  let place: string | null = null;
  Reflect.set(globalThis, Symbol.for(KEY), fn);
  // In-process sessions answer before `post` returns.
  session.post(
    "Runtime.evaluate",
    { expression: `globalThis[Symbol.for("${KEY}")]` },
    (_error, evaluated) => {
      const location = locationOf(session, evaluated?.result.objectId);
      if (location === null) return;
      session.post("Debugger.enable");
      place = format(urls.get(location.scriptId) ?? "", location);
    },
  );
  Reflect.deleteProperty(globalThis, Symbol.for(KEY));
  return place;
}

/** A bound function is where the function is that it was bound from. */
function locationOf(session: Session, objectId: string | undefined): Location | null {
  if (objectId === undefined) return null;
  let found: Location | null = null;
  session.post("Runtime.getProperties", { objectId, ownProperties: true }, (_failure, properties) => {
    const internal = (wanted: string) =>
      properties?.internalProperties?.find(({ name }) => name === wanted)?.value;
    const location: unknown = internal("[[FunctionLocation]]")?.value;
    found = isLocation(location) ? location : locationOf(session, internal("[[TargetFunction]]")?.objectId);
  });
  return found;
}

/** In the original source, where the host was told to read source maps. */
function format(url: string, { lineNumber, columnNumber }: Location): string {
  const origin = process
    .getBuiltinModule("node:module")
    .findSourceMap(url)
    ?.findOrigin(lineNumber + 1, columnNumber + 1);
  if (origin !== undefined && "fileName" in origin)
    return `${origin.fileName}:${origin.lineNumber}:${origin.columnNumber}`;
  return `${url}:${lineNumber + 1}:${columnNumber + 1}`;
}

function isLocation(value: unknown): value is Location {
  return typeof value === "object" && value !== null && "scriptId" in value && "lineNumber" in value;
}
