import { show } from "./expect.ts";

export interface CheckResult {
  /** "timers: run in the order of their deadlines" */
  readonly title: string;
  /** The rows of docs/features.md that depend on it. */
  readonly rows: readonly string[];
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed: what the contract says, and what the loop did. */
  readonly error?: unknown;
  /** Why it was skipped. */
  readonly reason?: string;
  /** Real milliseconds. */
  readonly duration: number;
}

export interface ConformanceReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly results: readonly CheckResult[];
}

/** A loop does not keep the contract. The message lists the checks that failed; `report` has all of them. */
export class ConformanceError extends Error {
  override readonly name = "ConformanceError";
  readonly code = "GYRE_CONFORMANCE";
  readonly report: ConformanceReport;

  constructor(report: ConformanceReport) {
    const failures = report.results.filter(({ outcome }) => outcome === "failed");
    super(
      `${report.failed} of ${report.passed + report.failed} checks failed:\n\n${failures.map(describeFailure).join("\n\n")}`,
    );
    this.report = report;
  }
}

export function reportOn(results: readonly CheckResult[]): ConformanceReport {
  const count = (wanted: CheckResult["outcome"]): number =>
    results.filter(({ outcome }) => outcome === wanted).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped"), results };
}

function describeFailure({ title, rows, error }: CheckResult): string {
  const text = error instanceof Error && error.name === "ContractError" ? error.message : stackOf(error);
  return `${title} [${rows.join(" ")}]\n${text.replace(/^/gm, "    ")}`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : show(error);
}
