import { parseArgs } from "node:util";
import type { CrawlOptions } from "./crawl.ts";

const HELP = `npm run demo [-- OPTIONS]: crawls a site on this machine. Ctrl-C ends it with what was found so far.

  --concurrency N   pages fetched at a time (10)
  --timeout MS      deadline of each page (1000)
  --latency MS      how long the site thinks about a page (40)
  --out FILE        where the links go (.build/crawl/links.tsv)
`;

export interface DemoOptions extends CrawlOptions {
  readonly latency: number;
}

/** The options of the command line; ends the process after `--help` and bad ones. */
export function readOptions(): DemoOptions {
  try {
    const { values } = parseArgs({
      options: {
        concurrency: { type: "string", default: "10" },
        timeout: { type: "string", default: "1000" },
        latency: { type: "string", default: "40" },
        out: { type: "string", default: ".build/crawl/links.tsv" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) end(HELP, 0);
    const { out } = values;
    return {
      concurrency: positive("concurrency", values.concurrency),
      timeout: positive("timeout", values.timeout),
      latency: positive("latency", values.latency),
      out,
    };
  } catch (error) {
    return end(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`, 2);
  }
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new RangeError(`--${name} expects a number above zero, but got ${JSON.stringify(text)}.`);
}

function end(message: string, exitCode: number): never {
  (exitCode === 0 ? process.stdout : process.stderr).write(message);
  process.exit(exitCode);
}
