/** What the fixtures of several suites have in common. */
import { type Figure, type JobFixture, type Measure, NANOSECONDS } from "./suite.ts";

const BATCH = 1000;

/** Evidence: each unit counts for one, or each has a number and they are added up. */
export const itself = (n: number): number => n;
export const sumBelow = (n: number): number => (n * (n - 1)) / 2;

/** The fixtures that time a batch. */
export function timed(fixture: Omit<JobFixture, "measure" | "figures" | "units">): JobFixture {
  return { ...fixture, ...one("time", NANOSECONDS), units: BATCH };
}

export function one(measure: Measure, ...figures: Figure[]): Pick<JobFixture, "measure" | "figures"> {
  return { measure, figures };
}
