import { RuntimeError } from "../../core/errors.ts";
import type { StreamProtocol } from "../protocols.ts";

/** A transport that `sendfile` has for a while. */
export interface Loan {
  /** Whose it is. */
  readonly protocol: StreamProtocol;
  /** Whether that was told to pause writing. */
  readonly paused: boolean;
  readonly write: (chunk: Uint8Array) => void;
  readonly giveBack: () => void;
}

export function sendfileRunning(method: string): RuntimeError {
  return new RuntimeError(
    "GYRE_SENDFILE_RUNNING",
    `${method}() was called while a file is being sent through this transport. Wait for loop.sendfile() to end.`,
  );
}
