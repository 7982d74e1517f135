/**
 * Ctrl-C for children in groups of their own, which the terminal does not reach. Where the program listens to the signal, as
 * `run()` does, it decides what becomes of them. Where nobody does, this process is about to die of it, and they get it too.
 */

import type { ProcessTree } from "./process-tree.ts";
import { signalNumber } from "./signals.ts";

type TerminalSignal = "SIGINT" | "SIGHUP";

const SIGNALS: readonly TerminalSignal[] = ["SIGINT", "SIGHUP"];
const trees = new Set<ProcessTree>();
const listeners = new Map(SIGNALS.map((signal) => [signal, (): void => onSignal(signal)]));

export function forwardTo(tree: ProcessTree): void {
  trees.add(tree);
  if (trees.size === 1) for (const [signal, listener] of listeners) process.on(signal, listener);
}

export function stopForwardingTo(tree: ProcessTree): void {
  if (trees.delete(tree) && trees.size === 0) stopListening();
}

/** Whether somebody but this file listens to a signal. */
export function programListensTo(signal: NodeJS.Signals): boolean {
  return process.listeners(signal).some((listener) => !isOurs(listener));
}

function isOurs(listener: unknown): boolean {
  for (const own of listeners.values()) if (own === listener) return true;
  return false;
}

function onSignal(signal: TerminalSignal): void {
  if (programListensTo(signal)) return;
  for (const tree of trees) tree.signal(signalNumber(signal, "Ctrl-C"));
  stopListening();
  process.kill(process.pid, signal);
}

function stopListening(): void {
  for (const [signal, listener] of listeners) process.off(signal, listener);
}
