/** Names over `node:dns`, that is with the system's own resolver, as in asyncio. A look-up cannot be broken off; its answer is dropped. */

import dns from "node:dns";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import { runInRoot } from "../../core/scope.ts";
import { type AddressInfo, type AddressInput, NI_NAMEREQD } from "../../net/addresses.ts";
import type { LookupHints } from "../../net/driver.ts";
import { HostOperation } from "../../net/host-operation.ts";
import {
  addressesOfNoName,
  answers,
  flagsForHost,
  nameParts,
  socketKinds,
} from "../../net/names/lookup-parts.ts";
import type { Port } from "../../net/names/resolve.ts";

const HINTS = dns.ADDRCONFIG | dns.V4MAPPED | dns.ALL;

type Callback<T> = (error: Error | null, answer: T) => void;

export function lookup(
  loop: EventLoop,
  host: string | null,
  port: Port,
  hints: LookupHints,
): Future<AddressInfo[]> {
  return ask(loop, (callback) => {
    const flags = flagsForHost(hints.flags, HINTS);
    const kinds = socketKinds(port, hints);
    const known = addressesOfNoName(host, port, hints);
    if (known !== null || host === null) {
      callback(null, answers(known ?? [], kinds));
      return;
    }
    const options = { all: true, verbatim: true, family: hints.family, hints: flags } as const;
    dns.lookup(host, options, (error, found) => {
      const addresses = error === null ? found.map(({ address }) => address) : [];
      callback(error, answers(addresses, kinds));
    });
  });
}

export function reverseLookup(
  loop: EventLoop,
  address: AddressInput,
  flags: number,
): Future<[host: string, service: string]> {
  return ask(loop, (callback) => {
    const { host, service } = nameParts(address, flags);
    if (host !== null) {
      callback(null, [host, service]);
      return;
    }
    dns.lookupService(address.address, address.port, (error, name) => {
      const nameless = error !== null && error.code === dns.NOTFOUND && !(flags & NI_NAMEREQD);
      if (nameless) callback(null, [address.address, service]);
      else callback(error, [name, service]);
    });
  });
}

function ask<T>(loop: EventLoop, question: (callback: Callback<T>) => void): Future<T> {
  return new HostOperation<T>(loop, ({ resolve, reject }) => {
    try {
      runInRoot(() => question((error, answer) => (error === null ? resolve(answer) : reject(error))));
    } catch (error) {
      reject(error);
    }
    return () => undefined;
  });
}
