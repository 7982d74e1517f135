/** One page: asked for, read, and given up at its deadline. */

import { fetch, isCancelled, TimeoutError, timeout } from "gyre";
import { extractLinks } from "./links.ts";

export type Outcome = "ok" | "moved" | "not found" | "server error" | "connection lost" | "timed out";

export interface Visit {
  readonly url: string;
  readonly outcome: Outcome;
  readonly links: readonly string[];
  readonly milliseconds: number;
}

type Found = Pick<Visit, "outcome" | "links">;

/** Never throws because of the page; throws when it is cancelled itself. */
export async function visit(url: string, limit: number): Promise<Visit> {
  const start = performance.now();
  const found = await attempt(url, limit);
  return { url, ...found, milliseconds: performance.now() - start };
}

async function attempt(url: string, limit: number): Promise<Found> {
  try {
    return await timeout(limit, () => load(url)); // at the deadline the request is aborted, wherever it is
  } catch (error) {
    if (isCancelled(error)) throw error;
    return { outcome: error instanceof TimeoutError ? "timed out" : "connection lost", links: [] };
  }
}

async function load(url: string): Promise<Found> {
  const response = await fetch(url, { redirect: "manual" });
  const text = await response.text();
  const location = response.headers.get("location");
  if (location !== null) return { outcome: "moved", links: [new URL(location, url).href] };
  if (response.status >= 500) return { outcome: "server error", links: [] };
  if (response.status >= 400) return { outcome: "not found", links: [] };
  return { outcome: "ok", links: extractLinks(text, url) };
}
