/**
 * What the servers in JavaScript have in common. A server prints its port when it listens. It then answers each line on its
 * standard input, a mark, with the CPU time that the process has taken so far, and it ends when its standard input does.
 */
import { readFileSync } from "node:fs";
import type { ServerOrder } from "./order.ts";

export const order = JSON.parse(process.argv[2] ?? "") as ServerOrder;

/** Certificate and key; null for plain TCP. */
export const identity =
  order.tls === null
    ? null
    : { cert: readFileSync(order.tls.certFile, "utf8"), key: readFileSync(order.tls.keyFile, "utf8") };

export function announce(port: number): void {
  process.stdin.on("data", () => console.log(cpuTime())).on("end", () => process.exit());
  console.log(port);
}

/** Microseconds, user and system, of all threads: the compiler's and the garbage collector's, too. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
