/** Connections to test streams on. */
import { openConnection, type Server, startServer, type StreamReader, type StreamWriter } from "gyre";

export interface Connected {
  readonly server: Server;
  readonly near: readonly [StreamReader, StreamWriter];
  readonly far: readonly [StreamReader, StreamWriter];
}

type Options = NonNullable<Parameters<typeof openConnection>[2]>;

export function portOf(server: Server): number {
  const address = server.sockets[0]?.getsockname();
  if (typeof address !== "object" || address === null) throw new Error("the server has no address");
  return address.port;
}

/** Both ends of a connection; everything is closed afterwards. */
export async function connected(
  body: (connection: Connected) => Promise<void>,
  options: Options = {},
): Promise<void> {
  let take: (far: Connected["far"]) => void = () => undefined;
  const accepted = new Promise<Connected["far"]>((resolve) => {
    take = resolve;
  });
  const limit = options.limit === undefined ? {} : { limit: options.limit };
  const server = await startServer((...far) => take(far), "127.0.0.1", 0, limit);
  const near = await openConnection("127.0.0.1", portOf(server), options);
  try {
    await body({ server, near, far: await accepted });
  } finally {
    near[1].transport.abort(); // a close would wait for a peer that does not read
    await Promise.allSettled([near[1].waitClosed()]);
    server.close();
    server.abortClients();
    await server.waitClosed();
  }
}

/** A transport that notes whether it is read. */
export class PausableTransport {
  readonly calls: string[] = [];
  getExtraInfo(): null {
    return null;
  }
  isClosing(): boolean {
    return false;
  }
  close(): void {
    this.calls.push("close");
  }
  setProtocol(): void {
    throw new Error("not here");
  }
  getProtocol(): object {
    return {};
  }
  isReading(): boolean {
    return this.calls.at(-1) !== "pause";
  }
  pauseReading(): void {
    this.calls.push("pause");
  }
  resumeReading(): void {
    this.calls.push("resume");
  }
  toString(): string {
    return "<PausableTransport>";
  }
}
