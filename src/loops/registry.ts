/** Loops by name. Importing this file is what gives the core its loops. */

import { describe, requireFunction } from "../core/arguments.ts";
import { ArgumentTypeError, RuntimeError } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import { provideLoops } from "../core/loops.ts";
import { NodeEventLoop } from "./node/event-loop.ts";

/** The built-in kinds, and whatever `registerLoop` added. */
export type LoopName = "node" | "selector" | "virtual" | (string & {});

type LoopLoader = () => Promise<() => EventLoop>;

const loaders = new Map<string, LoopLoader>([
  ["node", async () => makeNodeLoop],
  ["selector", loadSelectorLoop],
  ["virtual", loadVirtualLoop],
]);
let ambient: EventLoop | null = null;

// No run() ends the ambient loop, so what nobody looked at is reported when the process ends.
globalThis.process?.on("exit", () => ambient?.unretrieved.reportAll());

provideLoops({
  ambient: () => {
    ambient ??= new NodeEventLoop({ ambient: true });
    return ambient;
  },
  create: newEventLoop,
  createNow: (name = defaultName()) => (name === "node" ? makeNodeLoop() : null),
});

/**
 * A new loop, which nobody runs yet. Its code is loaded when it is first asked for.
 *
 * @param name - the kind; the environment's `GYRE_LOOP`, else "node", by default
 * @throws RuntimeError `GYRE_LOOP_UNKNOWN` - no loop of that name is registered
 * @example
 * const loop = await newEventLoop();
 * loop.callSoon(() => loop.stop());
 * await loop.runForever();
 * await loop.close();
 *
 * Python: `asyncio.new_event_loop`, which takes no name.
 */
export async function newEventLoop(name: LoopName = defaultName()): Promise<EventLoop> {
  const load = loaders.get(name);
  if (load === undefined) {
    const known = [...loaders.keys()].map((kind) => `"${kind}"`).join(", ");
    throw new RuntimeError(
      "GYRE_LOOP_UNKNOWN",
      `There is no loop ${describe(name)}. Known: ${known}. Add yours with registerLoop().`,
    );
  }
  const make = await load();
  return make();
}

/**
 * Makes a loop available by name to `run`, `newEventLoop` and `GYRE_LOOP`; a name may be registered again.
 *
 * @param load - called when the loop is first asked for; gives a function that makes one
 */
export function registerLoop(name: string, load: LoopLoader): void {
  if (typeof name !== "string" || name === "") {
    throw new ArgumentTypeError(`registerLoop(name, load) expects a name, but got ${describe(name)}.`);
  }
  requireFunction(load, "registerLoop(name, load)", "It is called when the loop is first asked for.");
  loaders.set(name, load);
}

function defaultName(): LoopName {
  return globalThis.process?.env["GYRE_LOOP"] || "node";
}

async function loadSelectorLoop(): Promise<() => EventLoop> {
  const { SelectorEventLoop } = await import("./selector/event-loop.ts");
  return () => new SelectorEventLoop();
}

async function loadVirtualLoop(): Promise<() => EventLoop> {
  const { VirtualEventLoop } = await import("./virtual/event-loop.ts");
  return () => new VirtualEventLoop();
}

function makeNodeLoop(): EventLoop {
  return new NodeEventLoop();
}
