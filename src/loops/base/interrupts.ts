/** Ctrl-C, for loops that share the process with the program. Null: the program listens itself, and has its own way. */
export function listenForInterrupts(callback: () => void): (() => void) | null {
  if (process.listenerCount("SIGINT") > 0) return null;
  process.on("SIGINT", callback);
  return () => process.off("SIGINT", callback);
}
