import { isIP } from "node:net";
import { isWildcard } from "./sockets.ts";

export function familyOf(address: string): "IPv4" | "IPv6" {
  return isIP(address) === 6 ? "IPv6" : "IPv4";
}

export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** One spelling for each address. */
export function normalized(address: string): string {
  if (isIP(address) !== 6) return address;
  const [bare = address] = address.split("%");
  return new URL(`http://[${bare}]`).hostname.slice(1, -1);
}

/** Whether an address means all hosts of a network, as far as it shows that without a mask. */
export function isBroadcast(address: string): boolean {
  return address.endsWith(".255.255.255");
}

/** Addresses that mean several hosts at once. */
export function isForMany(address: string): boolean {
  if (isWildcard(address)) return false;
  if (address === "255.255.255.255" || address.toLowerCase().startsWith("ff")) return true;
  const [first = ""] = address.split(".");
  return Number(first) >= 224 && Number(first) <= 239;
}
