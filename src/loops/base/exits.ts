/** Calls back when the process would end, because the host has nothing open; the callback may open something. Returns what ends the watch. */
export function watchForExit(callback: () => void): () => void {
  const listener = (): void => callback();
  process.on("beforeExit", listener);
  return () => process.off("beforeExit", listener);
}

/** What is true then, for error reports. */
export const NOTHING_OPEN = "the host has nothing open";
