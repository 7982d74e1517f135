import { copyContext, ContextVar } from "../../../core/context.ts";
import type { Coroutine, Task, TaskOptions } from "../../../core/task.ts";
import type { AddressInput } from "../../../net/addresses.ts";
import type { NetworkCore } from "./network-core.ts";
import { Ports } from "./ports.ts";
import type { Route } from "./route.ts";
import { systemError } from "./system-error.ts";

/** On which host code runs; null: on the main one. Tasks inherit it. */
export const currentHost = new ContextVar<SimulatedHost | null>("gyre.simulatedHost", { default: null });

export interface CrashOptions {
  /**
   * True: the power failed, and nobody is told; what others send is held until the host comes back, and then reset. False, the
   * default: the program died, and the system resets its connections and refuses new ones.
   */
  readonly silently?: boolean;
}

/** A computer of the simulated network. Made by {@link SimulatedNetwork.host}. */
export class SimulatedHost {
  readonly name: string;
  /** Beside loopback, which every host has. */
  readonly addresses: readonly string[];
  /** @internal */
  readonly ports: Ports;
  /** @internal */
  readonly network: NetworkCore;
  /** @internal From here to others. */
  readonly routes = new Map<SimulatedHost, Route>();
  #state: "up" | "down" | "dead" = "up";

  /** @internal */
  constructor(network: NetworkCore, name: string, addresses: readonly string[]) {
    this.network = network;
    this.name = name;
    this.addresses = addresses;
    this.ports = new Ports(network, addresses);
  }

  /** The first of the host's addresses. */
  get address(): string {
    return this.addresses[0] ?? "127.0.0.1";
  }

  /** Whether it works: false between `crash` and `restart`. */
  get up(): boolean {
    return this.#state === "up";
  }

  /** @internal Whether it is switched off, so that nothing answers. */
  get dead(): boolean {
    return this.#state === "dead";
  }

  /**
   * Calls a function on this host: what it binds, connects and looks up, now and after its awaits, it does from here, and so do the
   * tasks that it makes. It runs in a copy of the current context.
   *
   * @returns what `fn` returns
   * @example
   * const network = SimulatedNetwork.running();
   * const server = await network.host("db").run(() => startServer(serve, "0.0.0.0", 5432));
   */
  run<R>(fn: () => R): R {
    return copyContext().run(() => {
      currentHost.set(this);
      return fn();
    });
  }

  /** Makes a task on this host: `crash` cancels it. */
  createTask<T>(coroutine: Coroutine<T>, options?: TaskOptions): Task<T> {
    return this.run(() => this.network.loop.createTask(coroutine, options));
  }

  /**
   * The host fails: its tasks are cancelled, its servers are gone, and its connections are lost. Until `restart` whatever it
   * tries in the network fails with `ENETDOWN`. Callbacks and timers of its programs cannot be taken away.
   */
  crash({ silently = false }: CrashOptions = {}): void {
    if (!this.up) return;
    this.network.note(this, null, () => (silently ? "crash, silently" : "crash"));
    this.#state = silently ? "dead" : "down";
    this.ports.closeAll();
    for (const connection of this.network.connections) {
      if (connection.from === this) connection.lose("client", silently);
      if (connection.to === this) connection.lose("server", silently);
    }
    for (const task of this.network.loop.tasks.all())
      if (task.context.get(currentHost) === this) task.cancel(`The host ${this.name} crashed`);
  }

  /** The host works again. Its programs do not come back by themselves: start them anew. */
  restart(): void {
    if (this.up) return;
    this.#state = "up";
    this.network.note(this, null, () => "restart");
    for (const flow of this.network.held) flow.release();
  }

  toString(): string {
    return `<SimulatedHost ${this.name} ${this.addresses.join(", ")}${this.up ? "" : " down"}>`;
  }

  /** @internal @throws Error `ENETDOWN` */
  requireUp(syscall: string, target: AddressInput | string | null): void {
    if (!this.up) throw systemError("ENETDOWN", syscall, target, `the host ${this.name} has crashed`);
  }
}
