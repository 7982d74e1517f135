import { compiled, filesBelow } from "./paths.ts";

export const SUITES = ["unit", "conformance", "parity", "property"] as const;
export type Suite = (typeof SUITES)[number] | "stress";

/** The compiled files of a suite. A parity topic is a test file; elsewhere test files are named `*.test.ts`. */
export function suiteFiles(suite: Suite): string[] {
  const sources =
    suite === "parity"
      ? filesBelow("test/parity", ".ts").filter((file) => file.split("/").length === 4)
      : filesBelow(`test/${suite}`, ".test.ts");
  return sources.map(compiled);
}
