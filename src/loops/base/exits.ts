/** Calls back when the process would end, because the host has nothing open; the callback may open something. Returns what ends the watch. */
export function watchForExit(callback: () => void): () => void {
  const listener = (): void => callback();
  process.on("beforeExit", listener);
  return () => process.off("beforeExit", listener);
}

/** What is true then, for error reports. */
export const NOTHING_OPEN = "the host has nothing open";

const atExit = new Set<() => void>();
const callAll = (): void => {
  for (const callback of atExit) callback();
};

/**
 * Calls back when the process or the thread exits, before those who listen in the host's way. All share one listener: the host warns where it has
 * more than ten. Returns what takes the callback back.
 */
export function atProcessExit(callback: () => void): () => void {
  if (atExit.size === 0) process.prependListener("exit", callAll);
  atExit.add(callback);
  return () => {
    atExit.delete(callback);
    if (atExit.size === 0) process.off("exit", callAll);
  };
}
