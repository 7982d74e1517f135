/** What a child process is to those who use it without streams. */

import type { BaseProtocol } from "../net/protocols.ts";
import type { BaseTransport, ReadTransport, WriteTransport } from "../net/transports.ts";
import type { Signal } from "./signals.ts";

/**
 * Hears of a child process: `connectionMade` first; then what comes through the pipes and the end of the child, in whatever order
 * they happen; `connectionLost(null)` when the child has ended and all its pipes are closed.
 *
 * What its methods throw is reported, and changes nothing.
 *
 * @example
 * class Printer implements SubprocessProtocol {
 *   pipeDataReceived(fd: number, data: Buffer) {
 *     console.log(fd, String(data));
 *   }
 * }
 *
 * Python: `asyncio.SubprocessProtocol`.
 */
export interface SubprocessProtocol extends BaseProtocol {
  connectionMade?(transport: SubprocessTransport): void;
  /** @param fd - 1 for stdout, 2 for stderr; `data` is the protocol's own from now on */
  pipeDataReceived?(fd: number, data: Buffer): void;
  /** A pipe is closed: null at its end, or the error that ended it. @param fd - 0, 1 or 2 */
  pipeConnectionLost?(fd: number, error: Error | null): void;
  /** `transport.getReturncode()` tells how. */
  processExited?(): void;
}

/** Python: `asyncio.SubprocessTransport`. */
export interface SubprocessTransport extends BaseTransport {
  setProtocol(protocol: SubprocessProtocol): void;
  getProtocol(): SubprocessProtocol;
  getPid(): number;
  /** The exit code, -N if signal N ended it, null while it runs. */
  getReturncode(): number | null;
  /** The transport of a pipe: one to write for 0, one to read for 1 and 2; null where there is no pipe. */
  getPipeTransport(fd: 0): WriteTransport | null;
  getPipeTransport(fd: 1 | 2): ReadTransport | null;
  getPipeTransport(fd: number): ReadTransport | WriteTransport | null;
  /**
   * Sends a signal to the child alone.
   *
   * @throws ProcessLookupError `ESRCH` - it has ended, and its pipes are closed
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE` - no signal of this system
   */
  sendSignal(signal: Signal): void;
  /** Sends SIGTERM to the child, and to its descendants unless `killTree` is false. Throws as `sendSignal` does. */
  terminate(): void;
  /** The same with SIGKILL. */
  kill(): void;
  /** Closes the pipes, and kills whoever still runs. */
  close(): void;
}
