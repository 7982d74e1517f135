import { type Future, getRunningLoop, type Protocol, run, type Transport } from "gyre";
import { type Socket, socketpair } from "gyre/socket";

export const MANY = 8;

export interface Line {
  readonly transport: Transport;
  readonly peer: Socket;
  onData: (data: Buffer) => void;
  error: Error | null;
}

/** Connections of the selector loop to raw sockets, which look at once whether something has come. */
export async function withLines(body: (lines: readonly Line[]) => Promise<void>): Promise<void> {
  await run(
    async () => {
      const lines: Line[] = [];
      const lost: Future<void>[] = [];
      for (let index = 0; index < MANY; index++) {
        const [left, peer] = socketpair();
        const end = getRunningLoop().createFuture<void>();
        lost.push(end);
        const protocol: Protocol = {
          dataReceived: (data) => lines[index]?.onData(data),
          connectionLost: (error) => {
            const line = lines[index];
            if (line !== undefined) line.error = error;
            end.setResult();
          },
        };
        const [transport] = await getRunningLoop().createConnection(() => protocol, null, null, {
          sock: left,
        });
        lines.push({ transport, peer, onData: () => undefined, error: null });
      }
      try {
        await body(lines);
      } finally {
        for (const { transport, peer } of lines) {
          transport.abort();
          peer.close();
        }
        for (const end of lost) await end;
      }
    },
    { loop: "selector" },
  );
}
