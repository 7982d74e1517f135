import dns from "node:dns";
import { isIP } from "node:net";
import type { EventLoop } from "../../../core/event-loop.ts";
import type { Future } from "../../../core/future.ts";
import { type AddressInfo, type AddressInput, NI_NAMEREQD } from "../../../net/addresses.ts";
import type { LookupHints } from "../../../net/driver.ts";
import { HostOperation } from "../../../net/host-operation.ts";
import {
  addressesOfNoName,
  answers,
  flagsForHost,
  nameParts,
  socketKinds,
} from "../../../net/names/lookup-parts.ts";
import type { Port } from "../../../net/names/resolve.ts";
import { Delivery } from "./delivery.ts";

const HINTS = dns.ADDRCONFIG | dns.V4MAPPED | dns.ALL;
const NOT_FOUND = -3008; // as libuv numbers it
const LOOPBACK = ["127.0.0.1", "::1"];

interface Entry {
  readonly addresses: readonly string[];
  /** Whether each answer begins with another address. */
  readonly rotate: boolean;
  turn: number;
}

/** The names of a simulated network, and who looks them up. */
export class Names {
  readonly #entries = new Map<string, Entry>();

  constructor() {
    this.set("localhost", LOOPBACK.slice(0, 1), false);
  }

  set(name: string, addresses: readonly string[] | null, rotate: boolean): void {
    if (addresses === null) this.#entries.delete(name.toLowerCase());
    else this.#entries.set(name.toLowerCase(), { addresses, rotate, turn: 0 });
  }

  all(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#entries].map(([name, { addresses }]) => [name, addresses]));
  }

  /** @throws Error `ENOTFOUND` */
  addressesOf(name: string, family: 0 | 4 | 6): string[] {
    const entry = this.#entries.get(name.toLowerCase());
    const fitting = (entry?.addresses ?? []).filter((address) => family === 0 || isIP(address) === family);
    if (entry === undefined || fitting.length === 0) throw notFound("getaddrinfo", name);
    const first = entry.rotate ? entry.turn++ % fitting.length : 0;
    return [...fitting.slice(first), ...fitting.slice(0, first)];
  }

  nameOf(address: string): string | null {
    if (LOOPBACK.includes(address)) return "localhost";
    for (const [name, { addresses }] of this.#entries) if (addresses.includes(address)) return name;
    return null;
  }
}

export function lookup(
  loop: EventLoop,
  names: Names,
  latency: number,
  { host, port, hints }: { readonly host: string | null; readonly port: Port; readonly hints: LookupHints },
): Future<AddressInfo[]> {
  return answerLater(loop, () => {
    flagsForHost(hints.flags, HINTS);
    const kinds = socketKinds(port, hints);
    const known = addressesOfNoName(host, port, hints);
    if (known !== null || host === null) return { delay: 0, answer: () => answers(known ?? [], kinds) };
    const answer = () => answers(names.addressesOf(host, hints.family), kinds);
    return { delay: latency, answer };
  });
}

export function reverseLookup(
  loop: EventLoop,
  names: Names,
  latency: number,
  { address, flags }: { readonly address: AddressInput; readonly flags: number },
): Future<[host: string, service: string]> {
  return answerLater<[string, string]>(loop, () => {
    const { host, service } = nameParts(address, flags);
    if (host !== null) return { delay: 0, answer: () => [host, service] };
    const answer = (): [string, string] => {
      const name = names.nameOf(address.address);
      if (name === null && flags & NI_NAMEREQD) throw notFound("getnameinfo", address.address);
      return [name ?? address.address, service];
    };
    return { delay: latency, answer };
  });
}

interface Answer<T> {
  readonly delay: number;
  readonly answer: () => T;
}

function answerLater<T>(loop: EventLoop, begin: () => Answer<T>): Future<T> {
  return new HostOperation<T>(loop, ({ resolve, reject }) => {
    try {
      const { delay, answer } = begin();
      const delivery = Delivery.schedule(loop, { toString: () => "a look-up" }, loop.time() + delay, () => {
        try {
          resolve(answer());
        } catch (error) {
          reject(error);
        }
      });
      return () => delivery.cancel();
    } catch (error) {
      reject(error);
      return () => undefined;
    }
  });
}

function notFound(syscall: string, hostname: string): NodeJS.ErrnoException {
  const error = new Error(`${syscall} ENOTFOUND ${hostname}`);
  return Object.assign(error, { errno: NOT_FOUND, code: "ENOTFOUND", syscall, hostname });
}
