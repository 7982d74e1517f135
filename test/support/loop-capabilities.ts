/** What a suite may need beyond tasks, timers and callbacks, and which loop has not got it. */

/**
 * - `sockets`: connections are made of the host's sockets and files, so that anybody can be at the other end, and give them away
 * - `resolver`: names are looked up by the host
 * - `pipes`: the host's pipes are transports
 * - `descriptors`: those of the system can be watched
 * - `processes`: children and signals of the host's
 */
export type Capability = "sockets" | "resolver" | "pipes" | "descriptors" | "processes";

export interface Lack {
  readonly loop: string;
  readonly capability: Capability;
  readonly reason: string;
}

const LACKS: readonly Lack[] = [
  { loop: "virtual", capability: "sockets", reason: "the host's sockets know nothing of virtual time" },
  { loop: "virtual", capability: "resolver", reason: "the simulated network has names of its own" },
  { loop: "virtual", capability: "pipes", reason: "the host's pipes know nothing of virtual time" },
  {
    loop: "virtual",
    capability: "descriptors",
    reason: "the system's descriptors know nothing of virtual time",
  },
  { loop: "virtual", capability: "processes", reason: "real processes know nothing of virtual time" },
];

/** Where all suites need something; the start of a path below test/. */
const NEEDS: readonly { readonly path: string; readonly capability: Capability }[] = [
  { path: "conformance/network/adopted", capability: "sockets" },
  { path: "conformance/network/pipes-", capability: "pipes" },
  { path: "conformance/readers/", capability: "descriptors" },
  { path: "conformance/sockets/", capability: "descriptors" },
  { path: "conformance/processes/", capability: "processes" },
  { path: "stress/network", capability: "sockets" },
  { path: "stress/native", capability: "descriptors" },
  { path: "stress/exhausted", capability: "sockets" },
  { path: "stress/processes", capability: "processes" },
];

/** Why there is no such loop on this host; null if there is. */
export function absenceOf(loop: string): string | null {
  if (loop !== "selector") return null;
  if ("bun" in process.versions || "deno" in process.versions) return "the selector loop needs Node";
  return process.platform === "linux" ? null : "the selector loop is tested on Linux alone";
}

/** Why a loop cannot run a suite that needs all this; null if it can. */
export function lackOf(loop: string, needs: readonly Capability[], lacks = LACKS): string | null {
  const lack = lacks.find((candidate) => candidate.loop === loop && needs.includes(candidate.capability));
  return lack?.reason ?? null;
}

/** What all suites of a file need. @param stack - of an error that was made below the file's top level */
export function needsOfFile(stack: string): Capability[] {
  return NEEDS.filter(({ path }) => stack.includes(`/test/${path}`)).map(({ capability }) => capability);
}
