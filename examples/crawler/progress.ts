import { sleep } from "gyre";
import type { Crawl } from "./crawl.ts";
import {
  bar,
  bold,
  cyan,
  dim,
  ERASE_LINE,
  HIDE_CURSOR,
  isTerminal,
  SHOW_CURSOR,
  seconds,
} from "./terminal.ts";

const WIDTH = Math.max(8, Math.min(32, process.stdout.columns - 60)); // one line, beside the numbers
const FRAME = 60; // ms
const QUIET_LINE = 1000; // ms

/** Shows how far the crawl is, until it is cancelled. */
export async function showProgress(crawl: Crawl): Promise<never> {
  return isTerminal ? await drawBar(crawl) : await printLines(crawl);
}

async function drawBar(crawl: Crawl): Promise<never> {
  const start = performance.now();
  process.stdout.write(`${HIDE_CURSOR}\n\n`);
  try {
    for (;;) {
      process.stdout.write(ERASE_LINE + frame(crawl, performance.now() - start));
      await sleep(FRAME);
    }
  } finally {
    process.stdout.write(ERASE_LINE + ERASE_LINE + SHOW_CURSOR);
  }
}

async function printLines(crawl: Crawl): Promise<never> {
  for (;;) {
    await sleep(QUIET_LINE);
    console.log(`  ${state(crawl)}`);
  }
}

function frame(crawl: Crawl, elapsed: number): string {
  const done = crawl.visits.length;
  const share = done / (done + crawl.inFlight.size + crawl.waiting);
  const filled = bar(share, WIDTH);
  const gauge = cyan(filled) + dim("·".repeat(WIDTH - filled.length));
  return `  ${gauge}  ${bold(`${Math.floor(share * 100)}%`.padStart(4))}  ${dim(`${state(crawl)} · ${seconds(elapsed)}`)}\n`;
}

function state(crawl: Crawl): string {
  return `${crawl.visits.length} visited · ${crawl.inFlight.size} in flight · ${crawl.waiting} waiting`;
}
