/** What a function takes from around it, read off its syntax tree. */

import type { Node } from "acorn";

/** How a tree looks to someone who walks all of it: each node has properties that are nodes, lists of nodes, or plain values. */
type AnyNode = Node & Readonly<Record<string, unknown>>;

export interface Outside {
  /** Identifiers that nothing in the text declares, in order of appearance. */
  readonly names: readonly string[];
  /** Whether its own `this` or `super` is used. */
  readonly usesThis: boolean;
  readonly usesSuper: boolean;
  /** Relative paths that it imports. */
  readonly relativeImports: readonly string[];
}

/**
 * @param fn - the node of a function. A name that is declared anywhere in it counts as its own everywhere in it: the rare
 *   function that declares a name in one block and means an outer one in another is found out in the worker.
 */
export function outsideOf(fn: Node): Outside {
  const walk = new Walk();
  walk.function(fn as AnyNode, true);
  return {
    names: [...walk.used].filter((name) => !walk.declared.has(name)),
    usesThis: walk.usesThis,
    usesSuper: walk.usesSuper,
    relativeImports: walk.relativeImports,
  };
}

class Walk {
  readonly used = new Set<string>();
  readonly declared = new Set<string>();
  readonly relativeImports: string[] = [];
  usesThis = false;
  usesSuper = false;
  /** Functions and classes around the current node that have a `this` of their own, the outermost not counted. */
  #owners = 0;

  visit(node: AnyNode): void {
    const rule = RULES[node.type];
    if (rule === undefined) this.children(node, []);
    else rule(this, node);
  }

  note(word: "this" | "super"): void {
    if (this.#owners > 0) return;
    if (word === "this") this.usesThis = true;
    else this.usesSuper = true;
  }

  function(node: AnyNode, outermost: boolean): void {
    const owns = node.type !== "ArrowFunctionExpression";
    this.declare(node["id"]);
    for (const parameter of nodesIn(node["params"])) this.declare(parameter);
    if (owns) this.declared.add("arguments");
    const depth = owns && !outermost ? 1 : 0;
    this.#owners += depth;
    this.children(node, []);
    this.#owners -= depth;
  }

  class(node: AnyNode): void {
    this.declare(node["id"]);
    this.children(node, ["body"]); // `extends` is evaluated outside
    this.#owners++;
    for (const body of nodesIn(node["body"])) this.visit(body);
    this.#owners--;
  }

  property(node: AnyNode): void {
    this.children(node, node["computed"] === true || node["shorthand"] === true ? [] : ["key"]);
  }

  import(node: AnyNode): void {
    const [source] = nodesIn(node["source"]);
    const path = source?.["value"];
    if (typeof path === "string" && /^\.{0,2}\//.test(path)) this.relativeImports.push(path);
    this.children(node, []);
  }

  /** Notes the names in a pattern: `a`, `{ a, b: [c] }`, `...rest`, `a = 1`. */
  declare(pattern: unknown): void {
    for (const node of nodesIn(pattern)) {
      if (node.type === "Identifier") this.declared.add(String(node["name"]));
      else if (node.type === "ObjectPattern") this.declare(node["properties"]);
      else if (node.type === "ArrayPattern") this.declare(node["elements"]);
      else if (node.type === "Property") this.declare(node["value"]);
      else if (node.type === "RestElement") this.declare(node["argument"]);
      else if (node.type === "AssignmentPattern") this.declare(node["left"]);
    }
  }

  /** Visits everything in the node but what is named. */
  children(node: AnyNode, except: readonly string[]): void {
    for (const [key, value] of Object.entries(node)) {
      if (except.includes(key)) continue;
      for (const child of nodesIn(value)) this.visit(child);
    }
  }
}

type Rule = (walk: Walk, node: AnyNode) => void;

const declaration =
  (key: string): Rule =>
  (walk, node) => {
    walk.declare(node[key]);
    walk.children(node, []);
  };
const property: Rule = (walk, node) => walk.property(node);
const fn: Rule = (walk, node) => walk.function(node, false);
const ofClass: Rule = (walk, node) => walk.class(node);
const labelled: Rule = (walk, node) => walk.children(node, ["label"]);

/** By the type of the node; all that is in any other node is visited. */
const RULES: Readonly<Record<string, Rule>> = {
  Identifier: (walk, node) => void walk.used.add(String(node["name"])),
  ThisExpression: (walk) => walk.note("this"),
  Super: (walk) => walk.note("super"),
  MemberExpression: (walk, node) => walk.children(node, node["computed"] === true ? [] : ["property"]),
  Property: property,
  MethodDefinition: property,
  PropertyDefinition: property,
  VariableDeclarator: declaration("id"),
  CatchClause: declaration("param"),
  FunctionDeclaration: fn,
  FunctionExpression: fn,
  ArrowFunctionExpression: fn,
  ClassDeclaration: ofClass,
  ClassExpression: ofClass,
  ImportExpression: (walk, node) => walk.import(node),
  LabeledStatement: labelled,
  BreakStatement: labelled,
  ContinueStatement: labelled,
  MetaProperty: () => {},
};

function nodesIn(value: unknown): AnyNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value] : [];
}

function isNode(value: unknown): value is AnyNode {
  return value !== null && typeof value === "object" && "type" in value && typeof value.type === "string";
}
