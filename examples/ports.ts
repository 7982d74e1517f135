/**
 * `node .build/examples/ports.js HOST [FROM-TO] [--concurrency N] [--timeout MS]`: which TCP ports of a host are open? Ctrl-C ends
 * it with what was found so far. Scan your own machines only.
 */

import { parseArgs } from "node:util";
import {
  getRunningLoop,
  KeyboardInterrupt,
  openConnection,
  Queue,
  run,
  sleep,
  taskGroup,
  TimeoutError,
  timeout,
} from "gyre";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: "string", default: "200" }, timeout: { type: "string", default: "1000" } },
});
const [host = "localhost", range = "1-1024"] = positionals;
const [first = 1, last = first] = range.split("-").map(Number);
if (!(first >= 1 && first <= last && last <= 65_535)) {
  console.error(`Ports are FROM-TO, from 1 to 65535, and not ${range}.`);
  process.exit(2);
}
const NUMERIC_HOST = 1; // NI_NUMERICHOST: no look-up of the host's name, only of the port's

class Scan {
  readonly open: number[] = [];
  refused = 0;
  silent = 0;
  readonly #address: string;
  readonly #ports = new Queue<number>();

  constructor(address: string) {
    this.#address = address;
    for (let port = first; port <= last; port++) this.#ports.putNowait(port);
    this.#ports.shutdown(); // the workers end when it is empty
  }

  get done(): number {
    return this.open.length + this.refused + this.silent;
  }

  async run(): Promise<void> {
    await taskGroup(async (group) => {
      for (let worker = 0; worker < Number(values.concurrency); worker++)
        group.createTask(() => this.#work());
    });
  }

  async #work(): Promise<void> {
    for await (const port of this.#ports) {
      try {
        const [, writer] = await timeout(Number(values.timeout), () => openConnection(this.#address, port));
        writer.transport.abort();
        this.open.push(port);
      } catch (error) {
        this.#count(error);
      }
    }
  }

  /** What says nothing about the port, as a lack of descriptors or a cancellation, ends the scan. */
  #count(error: unknown): void {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ECONNREFUSED") this.refused++;
    else if (error instanceof TimeoutError || code === "EHOSTUNREACH") this.silent++;
    else throw error;
  }
}

async function showProgress(scan: Scan): Promise<void> {
  while (process.stderr.isTTY) {
    process.stderr.write(`\r${scan.done} of ${last - first + 1}, ${scan.open.length} open `);
    await sleep(100);
  }
}

async function report(scan: Scan, address: string): Promise<void> {
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
  for (const port of scan.open.toSorted((a, b) => a - b)) {
    const [, service] = await getRunningLoop().getnameinfo({ address, port }, NUMERIC_HOST);
    console.log(service === String(port) ? service : `${port} ${service}`);
  }
  console.log(`${scan.done} ports: ${scan.open.length} open, ${scan.refused} refused, ${scan.silent} silent`);
}

async function main(): Promise<void> {
  const [found] = await getRunningLoop().getaddrinfo(host, null);
  const address = found?.address ?? host;
  console.log(`Scanning ${address}, ports ${first} to ${last}`);
  const scan = new Scan(address);
  try {
    await taskGroup(async (group) => {
      group.createTask(() => showProgress(scan));
      await scan.run();
      group.cancel(); // of the progress
    });
  } finally {
    await report(scan, address);
  }
}

await run(main).catch((error: unknown) => {
  if (!(error instanceof KeyboardInterrupt)) throw error;
  process.exitCode = 130;
});
