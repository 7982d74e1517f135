/** What the process has open in its host, as far as the host tells. */

/** Kinds that a loop might leave behind; files and promises of others come and go. */
const KINDS = /TCP|UDP|Pipe|Timeout|Immediate|TLS|GetAddrInfo|GetNameInfo/;
const PATIENCE = 1000; // ms; handles take some turns of the host to close
const PAUSE = 5;

/** The host opens the standard streams when they are first asked for, which would look like a leak of whoever asks. */
export function openStandardStreams(): void {
  void [process.stdout, process.stderr];
}

/** Null where the host does not tell. */
export function openInHost(): readonly string[] | null {
  return process.getActiveResourcesInfo?.().filter((kind) => KINDS.test(kind)) ?? null;
}

/** What is open and was not before, once it had the time to close. */
export async function leftInHost(before: readonly string[] | null): Promise<string[]> {
  if (before === null) return [];
  const giveUp = performance.now() + PATIENCE;
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const left = withoutEach(openInHost() ?? [], before);
    if (left.length === 0 || performance.now() > giveUp) return left;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

function withoutEach(items: readonly string[], others: readonly string[]): string[] {
  const rest = [...items];
  for (const other of others) {
    const index = rest.indexOf(other);
    if (index >= 0) rest.splice(index, 1);
  }
  return rest;
}
