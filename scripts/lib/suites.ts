import { compiled, filesBelow } from "./paths.ts";

export const SUITES = ["unit", "conformance", "parity", "property", "explore"] as const;
export type Suite = (typeof SUITES)[number] | "stress" | "explore-long";

/** The compiled files of a suite. A parity topic is a test file; elsewhere test files are named `*.test.ts`. */
export function suiteFiles(suite: Suite): string[] {
  const sources =
    suite === "parity"
      ? filesBelow("test/parity", ".ts").filter((file) => file.split("/").length === 4)
      : filesBelow(`test/${suite}`, ".test.ts");
  return sources.map(compiled);
}

const VIRTUAL = /^test\/parity\/(?:context|futures|groups|queues|runners|sync|tasks|timeouts|waiting)\//;

/** The parity topics that run on the virtual loop as well: those without sockets, and without a loop that never rests. */
export function virtualFiles(): string[] {
  return filesBelow("test/parity", ".ts")
    .filter((file) => file.split("/").length === 4 && VIRTUAL.test(file))
    .map(compiled);
}
