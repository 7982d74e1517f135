import { posix } from "node:path";
/** The rules of docs/architecture.md, "Layers": who in src/ may import whom. */
import { findCycle } from "./cycles.ts";
import { type Import, importsOf } from "./imports.ts";

interface LayerRule {
  readonly layers: readonly string[];
  /** What is loaded when it is first needed, and not before: by types, `import()` or `require()`. */
  readonly onDemand?: readonly string[];
  /** Modules from outside the repository; all are allowed where this is missing. */
  readonly modules?: RegExp;
}

const NODE = /^node:/;
const CONTRACTS = ["core", "tasks", "sync", "net", "process", "executors"];

const RULES: Readonly<Record<string, LayerRule>> = {
  core: { layers: [], modules: /^node:(async_hooks|util)$/ },
  tasks: { layers: ["core"], modules: NODE },
  sync: { layers: ["core", "tasks"], modules: NODE },
  net: { layers: ["core", "tasks", "sync"], modules: NODE },
  process: { layers: ["core", "tasks", "sync", "net"], modules: NODE },
  // Worker processes are children, which must not survive this process.
  executors: { layers: ["core", "tasks", "sync", "process"] },
  "loops/base": { layers: CONTRACTS, modules: NODE },
  // Watching descriptors takes foreign functions, which few programs on the default loop need.
  "loops/node": { layers: [...CONTRACTS, "loops/base"], onDemand: ["loops/selector"], modules: NODE },
  "loops/virtual": { layers: [...CONTRACTS, "loops/base"], modules: NODE },
  // The selector loop is the host's, with sockets of its own; the default loop is loaded in any case.
  "loops/selector": {
    layers: [...CONTRACTS, "loops/base", "loops/node", "native", "selectors", "sockets"],
    modules: NODE,
  },
  "loops/registry": { layers: [...CONTRACTS, "loops/node"], modules: NODE },
  native: { layers: ["core"] },
  selectors: { layers: ["core", "native"], modules: NODE },
  sockets: { layers: ["core", "native", "selectors"], modules: NODE },
  testing: { layers: [...CONTRACTS, "loops/registry", "loops/virtual"], modules: NODE },
  devtools: { layers: [...CONTRACTS, "loops/registry"], modules: NODE },
  cli: { layers: [...CONTRACTS, "loops/registry", "devtools", "testing"], modules: NODE },
};

/** The files directly in src/ are what package.json exports: lists of names from anywhere but the drivers. */
const ENTRY: LayerRule = {
  layers: [
    ...CONTRACTS,
    "loops/base",
    "loops/registry",
    "selectors",
    "sockets",
    "testing",
    "devtools",
    "cli",
  ],
  modules: NODE,
};

/** The problems of a source tree: its paths below src/ and their texts. */
export function checkLayers(files: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [path, text] of files) {
    const edges: string[] = [];
    for (const one of importsOf(text)) {
      const problem = one.specifier.startsWith(".")
        ? relativeProblem(path, one, files)
        : moduleProblem(path, one.specifier);
      if (problem !== undefined) problems.push(`src/${path}:${one.line}: ${problem}`);
      if (one.kind === "static" && one.specifier.startsWith(".")) edges.push(target(path, one.specifier));
    }
    graph.set(path, edges);
  }
  const cycle = findCycle(graph);
  if (cycle) problems.push(`src/${cycle[0]}: import cycle: ${cycle.join(" -> ")}`);
  return problems;
}

/** `core/future.ts` is in the layer core, `loops/node/driver.ts` in loops/node, `index.ts` in none. */
export function layerOf(path: string): string | undefined {
  const [first = "", second = "", ...rest] = path.replace(/\.ts$/, "").split("/");
  if (second === "") return first in RULES ? first : undefined;
  return first === "loops" && (rest.length > 0 || second === "registry") ? `loops/${second}` : first;
}

function relativeProblem(path: string, { specifier, kind }: Import, files: ReadonlyMap<string, string>) {
  const imported = target(path, specifier);
  if (!files.has(imported)) return `there is no src/${imported}`;
  const from = layerOf(path);
  const to = layerOf(imported);
  if (from === to && to !== undefined) return undefined;
  if (to === undefined) return `src/${imported} is an entry point and is imported by nobody`;
  const rule = from === undefined ? ENTRY : RULES[from];
  if (!rule) return `src/${from} has no rule in scripts/lib/layers.ts`;
  if (isAllowed(rule, to, kind)) return undefined;
  if (from === "loops/registry" && to.startsWith("loops/")) {
    return kind === "dynamic" ? undefined : `${to} is loaded on demand: import it with import()`;
  }
  return `${from ?? "an entry point"} may not import ${to}, only ${rule.layers.join(", ") || "nothing"}`;
}

function isAllowed({ layers, onDemand = [] }: LayerRule, to: string, kind: Import["kind"]): boolean {
  return layers.includes(to) || (kind !== "static" && onDemand.includes(to));
}

function moduleProblem(path: string, specifier: string): string | undefined {
  const layer = layerOf(path);
  const allowed = (layer === undefined ? ENTRY : RULES[layer])?.modules;
  return allowed && !allowed.test(specifier)
    ? `${layer ?? "an entry point"} may not import ${specifier}`
    : undefined;
}

function target(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier);
}
