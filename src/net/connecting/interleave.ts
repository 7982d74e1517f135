import type { SocketAddress } from "../addresses.ts";

/**
 * Mixes the families of a list, in the manner of RFC 8305: `first` addresses of the family that leads, then one of each family
 * in turn.
 */
export function interleave<A extends SocketAddress>(addresses: readonly A[], first: number): A[] {
  const families = new Map<string, A[]>();
  for (const address of addresses) {
    const family = families.get(address.family);
    if (family === undefined) families.set(address.family, [address]);
    else family.push(address);
  }
  const queues = [...families.values()];
  const result = (queues[0] ?? []).splice(0, Math.max(first - 1, 0));
  for (let round = 0; result.length < addresses.length; round++) {
    for (const queue of queues) result.push(...queue.slice(round, round + 1));
  }
  return result;
}
