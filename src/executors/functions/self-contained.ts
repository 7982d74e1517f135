/** Functions that travel as text: what makes one unfit is said where it is sent, and not in the worker. */

import type * as Acorn from "acorn";
import type { Node } from "acorn";
import { ArgumentTypeError } from "../../core/errors.ts";
import { optionalPackage } from "../optional-package.ts";
import { COMPILER_HELPERS } from "./compiler-helpers.ts";
import { type Outside, outsideOf } from "./free-names.ts";

export interface SelfContained {
  /** An expression for the function, or, of a method, for an object with this one property. */
  readonly text: string;
  readonly method: boolean;
  /** Sloppy code cannot be read as strict. */
  readonly strict: boolean;
}

type AnyFunction = (...args: never[]) => unknown;

const KNOWN = 1000;
const known = new Map<string, SelfContained>();

/** What is there in every worker. */
const GLOBALS = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  "undefined",
  "NaN",
  "Infinity",
  "eval",
  ...COMPILER_HELPERS,
]);
const OF_COMMONJS = new Set(["require", "module", "exports", "__filename", "__dirname"]);
const BY_COMPILERS =
  /^(?:__vi_import|__vite_ssr|__webpack|_interop|import_|__awaiter$|__generator$|__importStar$|cov_)|_\d+$/;

/**
 * @param where - the call, as "toThread(fn)", for the error
 * @throws TypeError `GYRE_INVALID_ARGUMENT` - it cannot run by itself; the message says why and what to do
 */
export function selfContained(fn: AnyFunction, where: string): SelfContained {
  const source = Function.prototype.toString.call(fn);
  const seen = known.get(source);
  if (seen !== undefined) return seen;
  const made = readSource(source, fn.name, where);
  if (known.size >= KNOWN) known.clear();
  known.set(source, made);
  return made;
}

/** @throws TypeError `GYRE_INVALID_ARGUMENT` */
export function readSource(source: string, name: string, where: string): SelfContained {
  const problem = kindProblem(source);
  if (problem !== null) throw unfit(name, where, problem);
  const parsed = parse(source);
  if (parsed === null) return { text: source, method: false, strict: true }; // newer syntax than the parser knows: the worker decides
  refuseGenerators(name, parsed.fn, where);
  refuseOutside(name, outsideOf(parsed.fn), where);
  return parsed.made;
}

function kindProblem(source: string): string | null {
  if (/\{\s*\[native code\]\s*\}$/.test(source)) {
    return "it is native or bound, and has no text to send. Wrap it: (...args) => the call of it, with all that it needs as arguments.";
  }
  if (/^class\b/.test(source))
    return "it is a class. Send a function that makes the object and returns what can be cloned.";
  return null;
}

interface Parsed {
  readonly fn: Node;
  readonly made: SelfContained;
}

/** As an expression in strict code, as it is in a module; else as a method; else in sloppy code. */
function parse(source: string): Parsed | null {
  for (const strict of [true, false]) {
    for (const method of [false, true]) {
      const fn = parseOnce(source, strict, method);
      if (fn !== null) return { fn, made: { text: method ? `{${source}}` : source, method, strict } };
    }
  }
  return null;
}

function parseOnce(source: string, strict: boolean, method: boolean): Node | null {
  const text = `${strict ? '"use strict";' : ""}(${method ? `{${source}}` : source}\n)`;
  const { parse: read } = acorn();
  try {
    const program = read(text, { ecmaVersion: "latest", sourceType: "script" });
    const statement = program.body.at(-1);
    if (statement?.type !== "ExpressionStatement") return null;
    const { expression } = statement;
    if (!method) return expression;
    const [property] = expression.type === "ObjectExpression" ? expression.properties : [];
    return property?.type === "Property" && property.kind === "init" ? property.value : null;
  } catch {
    return null;
  }
}

function refuseGenerators(name: string, node: Node, where: string): void {
  if (!("generator" in node) || node.generator !== true) return;
  throw unfit(
    name,
    where,
    "it is a generator function, and a generator cannot leave its thread. Collect what it yields and return that.",
  );
}

function refuseOutside(name: string, outside: Outside, where: string): void {
  const names = outside.names.filter((used) => !GLOBALS.has(used));
  if (names.length > 0) throw unfit(name, where, nameProblem(name, names, where));
  if (outside.usesSuper || outside.usesThis) {
    const word = outside.usesSuper ? "super" : "this";
    throw unfit(
      name,
      where,
      `it uses \`${word}\`, and the object that it belongs to stays behind. Pass what it needs as arguments.`,
    );
  }
  const [path] = outside.relativeImports;
  if (path === undefined) return;
  const remedy = `Use moduleFunction(url, name), or pass new URL(${JSON.stringify(path)}, import.meta.url).href as an argument and import that.`;
  throw unfit(
    name,
    where,
    `it imports ${JSON.stringify(path)}, which is relative to a file that the worker does not know. ${remedy}`,
  );
}

function nameProblem(own: string, names: readonly string[], where: string): string {
  const list = names.map((used) => `\`${used}\``).join(", ");
  const are = names.length === 1 ? "which is" : "which are";
  const [first = ""] = names;
  const call = where.replace(/fn\b.*$/, "");
  const module = `Or export the function from a module: ${call}moduleFunction(import.meta.url, ${JSON.stringify(own || "name")}), …).`;
  if (OF_COMMONJS.has(first))
    return `it uses ${list}, ${are} known in its own file only. Import inside of it: await import("node:fs"). ${module}`;
  const origin = BY_COMPILERS.test(first) ? " (an import or a helper, as a compiler has renamed it)" : "";
  return `it uses ${list}${origin}, ${are} declared outside of it, and only its text is sent. Pass it as an argument: ${call}${own || "(…) => …"}, ${first}). ${module}`;
}

function unfit(name: string, where: string, problem: string): ArgumentTypeError {
  return new ArgumentTypeError(
    `${where}: the function ${name || "(anonymous)"} cannot run in a worker: ${problem}`,
  );
}

let parser: typeof Acorn | null = null;

/** Loaded with the first function that is sent. */
function acorn(): typeof Acorn {
  parser ??= optionalPackage("acorn", "Functions other than moduleFunction(url, name) need") as typeof Acorn;
  return parser;
}
