/** The summary of a crawl, finished or not. */

import type { Crawl } from "./crawl.ts";
import type { Site } from "./site.ts";
import { bar, bold, cyan, dim, green, red, seconds, yellow } from "./terminal.ts";
import type { Outcome, Visit } from "./visit.ts";

const OUTCOMES: readonly (readonly [Outcome, (text: string) => string])[] = [
  ["ok", green],
  ["moved", cyan],
  ["not found", yellow],
  ["server error", red],
  ["connection lost", red],
  ["timed out", red],
];
const BAR_WIDTH = 32;
const LISTED = 5;

export function report(crawl: Crawl, site: Site, elapsed: number): string {
  const { visits, linkCount, options } = crawl;
  const gaveUp = visits.filter((visit) => visit.outcome === "timed out");
  return [
    "",
    ...headline(crawl, elapsed),
    "",
    ...outcomes(visits),
    "",
    ...list("Slowest answers", slowest(crawl)),
    ...list(`Cancelled at the deadline of ${options.timeout} ms`, paths(crawl, gaveUp)),
    fact("Hung up", `the site saw ${site.hungUp()} clients go before its answer was complete`),
    fact("Time saved", timeSaved(visits, elapsed)),
    fact("Links", `${linkCount} written to ${options.out}`),
    "",
  ].join("\n");
}

function headline({ visits, inFlight, waiting, options }: Crawl, elapsed: number): string[] {
  const complete = inFlight.size + waiting === 0;
  const title = `${complete ? "Done" : "Stopped"}: ${visits.length} pages in ${seconds(elapsed)}`;
  const first = `  ${bold(title)}, ${options.concurrency} at a time`;
  if (complete) return [first];
  return [
    first,
    `  ${inFlight.size} requests were cancelled in flight, ${waiting} known pages were not asked for`,
  ];
}

function outcomes(visits: readonly Visit[]): string[] {
  return OUTCOMES.map(([outcome, paint]) => {
    const number = visits.filter((visit) => visit.outcome === outcome).length;
    const filled = bar(number / Math.max(visits.length, 1), BAR_WIDTH);
    return `  ${outcome.padEnd(15)} ${String(number).padStart(5)}  ${paint(filled)}`;
  });
}

function slowest({ visits, origin }: Crawl): string[] {
  return visits
    .filter(({ outcome }) => outcome !== "timed out")
    .toSorted((a, b) => b.milliseconds - a.milliseconds)
    .slice(0, LISTED)
    .map(
      (visit) =>
        `${`${visit.milliseconds.toFixed(0)} ms`.padStart(8)}  ${dim(visit.url.slice(origin.length))}`,
    );
}

function paths({ origin }: Crawl, visits: readonly Visit[]): string[] {
  const listed = visits.slice(0, LISTED).map(({ url }) => `          ${dim(url.slice(origin.length))}`);
  const more = visits.length - listed.length;
  return more > 0 ? [...listed, `          ${dim(`and ${more} more`)}`] : listed;
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${bold(title)}`, ...lines.map((line) => `  ${line}`), ""];
}

function timeSaved(visits: readonly Visit[], elapsed: number): string {
  const sum = visits.reduce((total, { milliseconds }) => total + milliseconds, 0);
  return `${seconds(sum - elapsed)}: one page after the other takes ${seconds(sum)}, ${(sum / elapsed).toFixed(1)} times as long`;
}

function fact(name: string, text: string): string {
  return `  ${bold(name.padEnd(10))}  ${text}`;
}
