/** How the host announces a process warning, which has an event of its own. */
const OF_THE_HOST = /^\(node:\d+\)|^\(Use `(?:node|bun) /;

/**
 * The seam to the default exception handler of our loops: it writes to standard error, and nothing else in a test
 * should. Returns what puts the stream back.
 */
export function catchReports(collect: (text: string) => void): () => void {
  process.stderr.write = (chunk: Uint8Array | string): boolean => {
    const text = String(chunk).trimEnd();
    if (!OF_THE_HOST.test(text)) collect(text);
    return true;
  };
  return () => {
    Reflect.deleteProperty(process.stderr, "write");
  };
}
