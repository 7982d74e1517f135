import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Queue } from "gyre";

export interface Link {
  readonly from: string;
  readonly to: string;
}

/** Writes links to a file as they are found, until the queue is shut down. Cancelled, it still writes what is queued. */
export async function writeLinks(links: Queue<Link>, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "w");
  try {
    for await (const link of links) await file.write(line(link));
  } finally {
    while (!links.empty()) await file.write(line(links.getNowait()));
    await file.close();
  }
}

function line({ from, to }: Link): string {
  return `${from}\t${to}\n`;
}
