/** The graph of waits in words. */

import type { Dependency } from "./dependency.ts";
import { futureInternals } from "./future-internals.ts";
import { Future } from "./future.ts";
import { firstFrame } from "./sites.ts";
import { Task } from "./task.ts";
import type { WaitLink } from "./wait-graph.ts";

/** Names what has none: "Lock 2" is the second lock that a report speaks of. */
export class Names {
  readonly #names = new Map<object, string>();
  readonly #counts = new Map<string, number>();

  /** A task by its own name, all else by its kind and a number. */
  of(thing: object, kind: string = thing.constructor.name): string {
    if (thing instanceof Task) return `Task "${thing.name}"`;
    const known = this.#names.get(thing);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = `${kind} ${count}`;
    this.#names.set(thing, name);
    return name;
  }
}

/** `an item of Queue 1 (maxsize=0 _getters[1])`, `Lock 1 ([locked, waiters:1]) held by Task "b"`. */
export function describeDependency(dependency: Dependency, names: Names): string {
  const { resource, relation, through } = dependency;
  if (resource instanceof Task) return names.of(resource);
  const parties = through.map((future) => nameOfParty(future, names)).join(" and ");
  const subject = describeSubject(dependency, names) + (isJoint(dependency) ? "" : stateOf(resource));
  return parties === "" ? subject : `${subject} ${relation} ${parties}`;
}

/** `Task "a" waits for Lock 2 held by Task "b", which waits for Lock 1 held by Task "a"`. */
export function describeCycle(cycle: readonly WaitLink[], names: Names): string {
  const [first] = cycle;
  if (first === undefined) return "";
  return nameOfParty(first.waiter, names) + cycle.map((link) => describeLink(link, names)).join(", which");
}

function describeLink({ dependency, next }: WaitLink, names: Names): string {
  if (dependency.resource === next) return ` waits for ${nameOfParty(next, names)}`;
  return ` waits for ${describeSubject(dependency, names)} ${dependency.relation} ${nameOfParty(next, names)}`;
}

function describeSubject(dependency: Dependency, names: Names): string {
  const { resource, kind, wanted = "" } = dependency;
  const name = isJoint(dependency) ? kind : names.of(resource, kind);
  return wanted === "" ? name : `${wanted} ${name}`;
}

/** Whether it is known by what it consists of, such as `gather()`. */
function isJoint({ kind }: Dependency): boolean {
  return kind.endsWith("()");
}

function nameOfParty(future: Future<unknown>, names: Names): string {
  return future instanceof Task && future.done() ? `${names.of(future)}, which has ended` : names.of(future);
}

/** What is between the brackets of its `toString`; of a future that only is pending, where it was made. */
function stateOf(resource: object): string {
  if (resource instanceof Future) {
    const site = futureInternals.creationSite(resource);
    return site === null || site === "" ? "" : ` (created at ${firstFrame(site)})`;
  }
  const state = String(resource).replace(/^<\w+ ?(?:\[(.*)\]|(.*))>$/s, "$1$2");
  return state === "" ? "" : ` (${state})`;
}
