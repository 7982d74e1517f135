/** What a loop can do with processes and signals: each method leads into a file of `process/`. */

import { RuntimeError } from "../../core/errors.ts";
import type { ProtocolFactory } from "../../net/protocols.ts";
import type { SubprocessOptions } from "../../process/options.ts";
import type { SubprocessProtocol, SubprocessTransport } from "../../process/protocols.ts";
import { SignalHandlers } from "../../process/signal-handlers.ts";
import type { Signal } from "../../process/signals.ts";
import { subprocessExec, subprocessShell } from "../../process/subprocess.ts";
import type { LoopDriver } from "./driver.ts";
import { SocketsLoop } from "./sockets-loop.ts";

export abstract class ProcessLoop extends SocketsLoop {
  readonly #driver: LoopDriver;
  readonly #signals: SignalHandlers;

  constructor(driver: LoopDriver, options: { readonly ambient?: boolean } = {}) {
    super(driver, options);
    this.#driver = driver;
    this.#signals = new SignalHandlers(this.assembled(), options.ambient !== true);
  }

  /**
   * Starts a program, without a shell, for a protocol of one's own. `createSubprocessExec` is the same with streams.
   *
   * @param protocolFactory - makes the protocol
   * @param program - its name, looked up in PATH, or its path
   * @param args - its arguments, each as it is
   * @param options - those of `createSubprocessExec`, but that the three streams are pipes by default, and without `limit`
   * @returns the transport, and the protocol, whose `connectionMade` has been called
   * @throws Error with the system's code - `ENOENT`, `EACCES`, `EMFILE`
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`, RuntimeError `GYRE_NOT_SUPPORTED`
   * @example
   * const [transport] = await getRunningLoop().subprocessExec(() => new Printer(), "ls", ["-l"]);
   *
   * Cancel safety: the child is killed, and waited for. Python: `loop.subprocess_exec`.
   */
  subprocessExec<P extends SubprocessProtocol>(
    protocolFactory: ProtocolFactory<P>,
    program: string | URL,
    args: readonly string[] = [],
    options: SubprocessOptions = {},
  ): Promise<[SubprocessTransport, P]> {
    return this.#onHost() ?? subprocessExec(this.assembled(), protocolFactory, program, args, options);
  }

  /**
   * Runs a command with the system's shell for a protocol of one's own. `createSubprocessShell` is the same with streams.
   *
   * @param protocolFactory - makes the protocol
   * @param command - as it would be typed
   * @param options - as of `subprocessExec`
   * @returns the transport, and the protocol, whose `connectionMade` has been called
   * @throws Error as `subprocessExec`
   * @example
   * const [transport] = await getRunningLoop().subprocessShell(() => new Printer(), "ls | wc -l");
   *
   * Cancel safety: the shell and what it has started are killed. Python: `loop.subprocess_shell`.
   */
  subprocessShell<P extends SubprocessProtocol>(
    protocolFactory: ProtocolFactory<P>,
    command: string,
    options: SubprocessOptions = {},
  ): Promise<[SubprocessTransport, P]> {
    return this.#onHost() ?? subprocessShell(this.assembled(), protocolFactory, command, options);
  }

  /**
   * Calls `callback(...args)` as a callback of the loop, in the current context, whenever the signal comes; in the place of an
   * earlier handler for it. While a loop has handlers the process stays alive. They end with the loop.
   *
   * @param signal - by name or number
   * @throws RuntimeError `GYRE_NOT_SUPPORTED` - SIGKILL and SIGSTOP, and all signals on a worker thread; `GYRE_LOOP_CLOSED`
   * @throws TypeError `GYRE_INVALID_ARGUMENT` - an async function, too; RangeError `GYRE_OUT_OF_RANGE` - no signal of this system
   * @example
   * const reload = new Event();
   * getRunningLoop().addSignalHandler("SIGHUP", () => reload.set());
   *
   * Python: `loop.add_signal_handler`.
   */
  addSignalHandler<A extends readonly unknown[]>(
    signal: Signal,
    callback: (...args: A) => unknown,
    ...args: A
  ): void {
    this.#signals.add(signal, callback, args);
  }

  /**
   * Takes a handler away; without one, a signal does again what it does by default.
   *
   * @returns false if there is none
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   *
   * Python: `loop.remove_signal_handler`.
   */
  removeSignalHandler(signal: Signal): boolean {
    return this.#signals.remove(signal);
  }

  /** A refusal, where the loop has a world of its own. */
  #onHost(): Promise<never> | null {
    if (this.#driver.simulated !== true) return null;
    return Promise.reject(
      new RuntimeError(
        "GYRE_NOT_SUPPORTED",
        `The loop "${this.#driver.name}" has a clock of its own, which real processes do not follow. ` +
          "Run what starts them on another loop, or give your tests something in their place.",
      ),
    );
  }
}
