import type { MessagePort } from "node:worker_threads";
import { ArgumentTypeError } from "../../core/errors.ts";
import { ExposedLoop } from "./exposed-loop.ts";

/** The remotes among the arguments of a job, each opened for this job alone. */
export class OpenRemotes {
  readonly ports: MessagePort[] = [];
  /** Where they stand among the arguments. */
  readonly places: number[] = [];
  readonly #reachable: boolean;

  constructor(reachable: boolean) {
    this.#reachable = reachable;
  }

  /** @returns the arguments with ports in their place */
  open(args: readonly unknown[]): unknown[] {
    return args.map((argument, index) => {
      if (!(argument instanceof ExposedLoop)) return argument;
      if (!this.#reachable) {
        throw new ArgumentTypeError(
          `args[${index}] is a LoopRemote, which reaches the threads of its own process only. Use a ThreadPoolExecutor.`,
        );
      }
      const port = argument.open();
      this.ports.push(port);
      this.places.push(index);
      return port;
    });
  }

  close(): void {
    for (const port of this.ports) port.close();
  }
}
