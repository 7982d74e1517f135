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
    switch (node.type) {
      case "Identifier":
        this.used.add(String(node["name"]));
        return;
      case "ThisExpression":
        if (this.#owners === 0) this.usesThis = true;
        return;
      case "Super":
        if (this.#owners === 0) this.usesSuper = true;
        return;
      case "MemberExpression":
        this.#children(node, node["computed"] === true ? [] : ["property"]);
        return;
      case "Property":
      case "MethodDefinition":
      case "PropertyDefinition":
        this.#property(node);
        return;
      case "VariableDeclarator":
        this.#declare(node["id"]);
        this.#children(node, []);
        return;
      case "CatchClause":
        this.#declare(node["param"]);
        this.#children(node, []);
        return;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.function(node, false);
        return;
      case "ClassDeclaration":
      case "ClassExpression":
        this.#class(node);
        return;
      case "ImportExpression":
        this.#import(node);
        return;
      case "LabeledStatement":
      case "BreakStatement":
      case "ContinueStatement":
        this.#children(node, ["label"]);
        return;
      case "MetaProperty":
        return;
      default:
        this.#children(node, []);
    }
  }

  function(node: AnyNode, outermost: boolean): void {
    const owns = node.type !== "ArrowFunctionExpression";
    this.#declare(node["id"]);
    for (const parameter of nodesIn(node["params"])) this.#declare(parameter);
    if (owns) this.declared.add("arguments");
    const depth = owns && !outermost ? 1 : 0;
    this.#owners += depth;
    this.#children(node, []);
    this.#owners -= depth;
  }

  #class(node: AnyNode): void {
    this.#declare(node["id"]);
    this.#children(node, ["body"]); // `extends` is evaluated outside
    this.#owners++;
    for (const body of nodesIn(node["body"])) this.visit(body);
    this.#owners--;
  }

  #property(node: AnyNode): void {
    this.#children(node, node["computed"] === true || node["shorthand"] === true ? [] : ["key"]);
  }

  #import(node: AnyNode): void {
    const [source] = nodesIn(node["source"]);
    const path = source?.["value"];
    if (typeof path === "string" && /^\.{0,2}\//.test(path)) this.relativeImports.push(path);
    this.#children(node, []);
  }

  /** Notes the names in a pattern: `a`, `{ a, b: [c] }`, `...rest`, `a = 1`. */
  #declare(pattern: unknown): void {
    for (const node of nodesIn(pattern)) {
      if (node.type === "Identifier") this.declared.add(String(node["name"]));
      else if (node.type === "ObjectPattern") this.#declare(node["properties"]);
      else if (node.type === "ArrayPattern") this.#declare(node["elements"]);
      else if (node.type === "Property") this.#declare(node["value"]);
      else if (node.type === "RestElement") this.#declare(node["argument"]);
      else if (node.type === "AssignmentPattern") this.#declare(node["left"]);
    }
  }

  #children(node: AnyNode, except: readonly string[]): void {
    for (const [key, value] of Object.entries(node)) {
      if (except.includes(key)) continue;
      for (const child of nodesIn(value)) this.visit(child);
    }
  }
}

function nodesIn(value: unknown): AnyNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value] : [];
}

function isNode(value: unknown): value is AnyNode {
  return value !== null && typeof value === "object" && "type" in value && typeof value.type === "string";
}
