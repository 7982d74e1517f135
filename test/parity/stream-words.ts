/** How the scenarios of streams print bytes and errors, and how they get connections. */
import {
  IncompleteReadError,
  LimitOverrunError,
  openConnection,
  sleep,
  startServer,
  StreamReader,
  type StreamWriter,
} from "gyre";
import { nameOf } from "./outcomes.ts";

/** Bytes as text in one line. */
export function shown(data: Buffer): string {
  return data.toString().replaceAll("\r", "\\r").replaceAll("\n", "\\n") || "nothing";
}

/** An error of a stream: its class, and what it carries. */
export function failure(error: unknown, ofReadline = false): string {
  if (error instanceof IncompleteReadError) {
    return `incomplete: ${shown(error.partial)} of ${error.expected ?? "None"}`;
  }
  if (error instanceof LimitOverrunError) return ofReadline ? "too long" : `overrun: ${error.consumed}`;
  const isReset = error instanceof Error && "code" in error && error.code === "ECONNRESET";
  return isReset ? "ConnectionResetError" : nameOf(error);
}

/** What a read gives, in words. */
export async function told(read: PromiseLike<Buffer>): Promise<string> {
  try {
    return shown(await read);
  } catch (error) {
    return failure(error);
  }
}

/** The same for `readline`, whose error has a class of its own in Python. */
export async function toldLine(reader: StreamReader): Promise<string> {
  try {
    return shown(await reader.readline());
  } catch (error) {
    return failure(error, true);
  }
}

export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await sleep(0);
}

/** A reader to which these chunks came. */
export function fed(chunks: readonly string[], { limit = 65_536, eof = false } = {}): StreamReader {
  const reader = new StreamReader({ limit });
  for (const chunk of chunks) reader.feedData(chunk);
  if (eof) reader.feedEof();
  return reader;
}

type Connect = () => Promise<[StreamReader, StreamWriter]>;

/** Serves while `body` runs, which is given a function that connects. */
export async function serving(
  onClient: Parameters<typeof startServer>[0],
  body: (connect: Connect) => Promise<void>,
  options: { readonly limit?: number } = {},
): Promise<void> {
  const server = await startServer(onClient, "127.0.0.1", 0, options);
  const address = server.sockets[0]?.getsockname();
  const port = typeof address === "object" ? address.port : 0;
  try {
    await body(() => openConnection("127.0.0.1", port));
  } finally {
    server.close();
    server.abortClients();
    await server.waitClosed();
  }
}
