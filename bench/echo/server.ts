/**
 * What the servers in JavaScript have in common. A server prints its port when it listens. It then answers each line on its
 * standard input: "mark" with the CPU time that the process has taken so far, "collect" with the bytes of its heap after a
 * collection. It ends when its standard input does.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type koffi from "koffi";
import type { ServerOrder } from "./order.ts";

export const order = JSON.parse(process.argv[2] ?? "") as ServerOrder;

/** Certificate and key; null for plain TCP. */
export const identity =
  order.tls === null
    ? null
    : { cert: readFileSync(order.tls.certFile, "utf8"), key: readFileSync(order.tls.keyFile, "utf8") };

/** @param collect - how the host collects garbage */
export function announce(port: number, collect: () => void = collectAll): void {
  const answer = async (line: string): Promise<void> =>
    console.log(line.startsWith("collect") ? await liveBytes(collect) : cpuTime());
  process.stdin.on("data", (line) => void answer(String(line))).on("end", () => process.exit());
  console.log(port);
}

/** Microseconds, user and system, of all threads: the compiler's and the garbage collector's, too. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const COLLECTIONS = 4; // what one of them finalizes, the next one frees
const PAUSE = 50; // ms

async function liveBytes(collect: () => void): Promise<number> {
  for (let count = 0; count < COLLECTIONS; count++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    collect();
  }
  trimNativeHeap();
  return process.memoryUsage().heapUsed;
}

/** Of this kind it also gives back what V8 has in reserve for objects to come, which grows by doubling. */
function collectAll(): void {
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
}

/** Gives back what glibc's allocator has free: else chance decides how much of it stays, and that is more than what is measured. */
function trimNativeHeap(): void {
  if ("bun" in process.versions) return; // has an allocator of its own
  const { load }: typeof koffi = createRequire(import.meta.url)("koffi");
  load(null).func("int malloc_trim(size_t)")(0);
}
