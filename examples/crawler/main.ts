/** `npm run demo`: crawls a site over real HTTP, with pages that are slow, broken, moved or never end. */

import { KeyboardInterrupt, run, taskGroup } from "gyre";
import { Crawl } from "./crawl.ts";
import { readOptions } from "./options.ts";
import { showProgress } from "./progress.ts";
import { report } from "./report.ts";
import { openSite } from "./site.ts";
import { dim } from "./terminal.ts";

const options = readOptions();

async function main(): Promise<void> {
  const site = await openSite(options.latency);
  console.log(`\n  Crawling ${site.pageCount} pages at ${site.origin} ${dim("(Ctrl-C to stop)")}`);
  const crawl = new Crawl(site.origin, options);
  const start = performance.now();
  try {
    await taskGroup(async (group) => {
      group.createTask(() => showProgress(crawl));
      await crawl.run();
      group.cancel(); // of what is left: the progress bar
    });
  } finally {
    const elapsed = performance.now() - start;
    await site.close();
    console.log(report(crawl, site, elapsed));
  }
}

try {
  await run(main); // Ctrl-C cancels main, and everything below it
} catch (error) {
  if (!(error instanceof KeyboardInterrupt)) throw error;
  process.exitCode = 130;
}
