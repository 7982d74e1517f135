import type { SocketAddress } from "../../../net/addresses.ts";
import { systemError } from "./system-error.ts";

const FIRST_EPHEMERAL = 49_152;
const PORTS = 65_536;

export type Transport = "tcp" | "udp";

/** A place that somebody has taken. */
export interface Place {
  readonly address: SocketAddress;
  readonly reusePort: boolean;
}

export interface BindOptions<Owner> {
  readonly reusePort?: boolean;
  /** Which of those who are there already the newcomer cannot share the place with. */
  readonly minds?: (other: Owner) => boolean;
}

/** Which ports of a host are taken, of one transport protocol, and by whom. */
export class Sockets<Owner extends object> {
  readonly #transport: Transport;
  readonly #places = new Map<Owner, Place>();
  readonly #byPort = new Map<number, Map<Owner, Place>>();
  #next = FIRST_EPHEMERAL;
  #turn = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Takes an address for an owner; with port 0 the next one that is free. @throws Error `EADDRINUSE` */
  bind(
    owner: Owner,
    wanted: SocketAddress,
    { reusePort = false, minds = () => true }: BindOptions<Owner> = {},
  ): SocketAddress {
    const address = wanted.port === 0 ? { ...wanted, port: this.#freePort(wanted) } : wanted;
    const place = { address, reusePort };
    this.#requireFree(place, "bind", minds);
    this.#places.set(owner, place);
    const there = this.#byPort.get(address.port);
    if (there === undefined) this.#byPort.set(address.port, new Map([[owner, place]]));
    else there.set(owner, place);
    return address;
  }

  /** @throws Error `EADDRINUSE` */
  requireFree(owner: Owner, syscall: string, minds: (other: Owner) => boolean): void {
    const place = this.#places.get(owner);
    if (place !== undefined) this.#requireFree(place, syscall, minds);
  }

  release(owner: Owner): void {
    const port = this.#places.get(owner)?.address.port ?? 0;
    this.#places.delete(owner);
    const there = this.#byPort.get(port);
    there?.delete(owner);
    if (there?.size === 0) this.#byPort.delete(port);
  }

  /** Who gets what is sent to an address: several that share a port take turns, one with the exact address goes first. */
  find(target: SocketAddress, fits: (owner: Owner) => boolean): Owner | null {
    const there = [...(this.#byPort.get(target.port) ?? [])].filter(
      ([owner, { address }]) => address.family === target.family && fits(owner),
    );
    const exact = there.filter(([, { address }]) => address.address === target.address);
    const wildcard = there.filter(([, { address }]) => isWildcard(address.address));
    const found = exact.length > 0 ? exact : wildcard;
    if (found.length === 0) return null;
    return found[found.length === 1 ? 0 : this.#turn++ % found.length]?.[0] ?? null;
  }

  owners(): Owner[] {
    return [...this.#places.keys()];
  }

  #requireFree(place: Place, syscall: string, minds: (other: Owner) => boolean): void {
    const there = this.#byPort.get(place.address.port) ?? [];
    for (const [owner, other] of there)
      if (place !== other && minds(owner) && collide(place, other))
        throw systemError("EADDRINUSE", syscall, place.address);
  }

  #freePort(wanted: SocketAddress): number {
    for (let tries = FIRST_EPHEMERAL; tries < PORTS; tries++) {
      const port = this.#next;
      this.#next = port + 1 === PORTS ? FIRST_EPHEMERAL : port + 1;
      if (!this.#byPort.has(port)) return port;
    }
    throw systemError("EADDRINUSE", "bind", wanted, `all ports for ${this.#transport} are taken`);
  }
}

export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

function collide(one: Place, other: Place): boolean {
  if (one.address.family !== other.address.family || (one.reusePort && other.reusePort)) return false;
  const [a, b] = [one.address.address, other.address.address];
  return a === b || isWildcard(a) || isWildcard(b);
}
