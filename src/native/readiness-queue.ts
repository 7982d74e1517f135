import { isDarwin } from "./constants.ts";
import { Epoll } from "./epoll.ts";
import { Kqueue } from "./kqueue.ts";
import { libc } from "./libc.ts";
import type { ReadinessQueue } from "./readiness.ts";

/** The system's own. @param wanted - what it is for: see `loadKoffi` */
export function openReadinessQueue(wanted: string): ReadinessQueue {
  libc(wanted); // says so where nothing native works
  return isDarwin ? new Kqueue() : new Epoll();
}
