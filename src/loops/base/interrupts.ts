import type { StopSignal } from "../../core/driver.ts";
import { programListensTo } from "../../process/terminal.ts";

/** Ctrl-C and its like, for loops that share the process with the program. Null: the program listens itself, and has its own way. */
export function listenForInterrupts(
  callback: () => void,
  signal: StopSignal = "SIGINT",
): (() => void) | null {
  if (programListensTo(signal)) return null;
  process.on(signal, callback);
  return () => process.off(signal, callback);
}
