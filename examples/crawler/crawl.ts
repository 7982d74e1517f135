/** The crawl: workers that take pages off a queue and put the pages that they find onto it. */

import { Queue, taskGroup } from "gyre";
import { type Link, writeLinks } from "./link-file.ts";
import { type Visit, visit } from "./visit.ts";

export interface CrawlOptions {
  /** How many pages are fetched at a time. */
  readonly concurrency: number;
  /** Milliseconds for each page. */
  readonly timeout: number;
  /** The file that gets the links. */
  readonly out: string;
}

export class Crawl {
  readonly origin: string;
  readonly options: CrawlOptions;
  readonly visits: Visit[] = [];
  readonly inFlight = new Set<string>();
  linkCount = 0;
  readonly #pages = new Queue<string>();
  readonly #links = new Queue<Link>();
  readonly #seen = new Set<string>();

  constructor(origin: string, options: CrawlOptions) {
    this.origin = origin;
    this.options = options;
  }

  /** Pages that are known and not yet asked for. */
  get waiting(): number {
    return this.#pages.qsize();
  }

  /** Ends when every page that can be reached has been visited. */
  async run(): Promise<void> {
    this.#enqueue(`${this.origin}/`);
    await taskGroup(async (group) => {
      group.createTask(() => writeLinks(this.#links, this.options.out));
      for (let n = 1; n <= this.options.concurrency; n++) {
        group.createTask(() => this.#work(), { name: `worker ${n}` });
      }
      await this.#pages.join();
      this.#pages.shutdown(); // ends the workers' loops
      this.#links.shutdown(); // and the writer's
    });
  }

  async #work(): Promise<void> {
    for await (const url of this.#pages) {
      this.inFlight.add(url);
      const seen = await visit(url, this.options.timeout);
      this.inFlight.delete(url);
      this.visits.push(seen);
      for (const link of seen.links) this.#record({ from: url, to: link });
      this.#pages.taskDone();
    }
  }

  #record(link: Link): void {
    this.linkCount++;
    this.#links.putNowait(link);
    this.#enqueue(link.to);
  }

  #enqueue(url: string): void {
    if (this.#seen.has(url) || !url.startsWith(`${this.origin}/`)) return;
    this.#seen.add(url);
    this.#pages.putNowait(url);
  }
}
