/**
 * Ctrl-C for children in groups of their own, which the terminal does not reach. Where the program listens to the signal, as
 * `run()` does, it decides what becomes of them. Where nobody does, this process is about to die of it, and they get it too.
 */

import type { ProcessTree } from "./process-tree.ts";
import { signalNumber } from "./signals.ts";

type TerminalSignal = "SIGINT" | "SIGHUP";

const SIGNALS: readonly TerminalSignal[] = ["SIGINT", "SIGHUP"];
const GRACE = 250; // ms for the children, before this process dies
const LOOK = 10; // ms
const trees = new Set<ProcessTree>();
const listeners = new Map(SIGNALS.map((signal) => [signal, (): void => onSignal(signal)]));
/** Children that are being started: a signal may come before this process knows of them. */
let expected = 0;
/** Whom this process takes along when it dies: also those whose child has ended first. */
let doomed: readonly ProcessTree[] | null = null;

/** A child is about to be started. To be followed by `forwardTo` or `expectNoMore`. */
export function expectTree(): void {
  if (expected++ === 0 && trees.size === 0)
    for (const [signal, listener] of listeners) process.on(signal, listener);
}

export function forwardTo(tree: ProcessTree): void {
  trees.add(tree);
  expected--;
}

/** It could not be started. */
export function expectNoMore(): void {
  expected--;
  stopListeningIfIdle();
}

export function stopForwardingTo(tree: ProcessTree): void {
  if (trees.delete(tree)) stopListeningIfIdle();
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
  if (doomed !== null) {
    die(signal, "SIGKILL"); // pressed again
    return;
  }
  doomed = [...trees];
  signalAll(signal);
  const end = performance.now() + GRACE;
  const look = (): void => {
    const living = doomed?.some((tree) => tree.alive()) === true;
    if (living && performance.now() < end) setTimeout(look, LOOK);
    else die(signal, "SIGTERM"); // shells make what runs in the background deaf to Ctrl-C
  };
  look();
}

function die(signal: TerminalSignal, last: NodeJS.Signals): void {
  signalAll(last);
  stopListening();
  process.kill(process.pid, signal);
}

function signalAll(signal: NodeJS.Signals): void {
  for (const tree of doomed ?? []) tree.signal(signalNumber(signal, "Ctrl-C"));
}

function stopListeningIfIdle(): void {
  if (expected === 0 && trees.size === 0) stopListening();
}

function stopListening(): void {
  for (const [signal, listener] of listeners) process.off(signal, listener);
}
