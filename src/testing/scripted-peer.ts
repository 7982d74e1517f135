import { requireFunction } from "../core/arguments.ts";
import { isCancelled } from "../core/errors.ts";
import { futureInternals } from "../core/future-internals.ts";
import { Future } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import type { Awaitable } from "../core/task.ts";
import type { StreamProtocol } from "../net/protocols.ts";
import type { StreamPair } from "../net/streams/open-connection.ts";
import { StreamReaderProtocol } from "../net/streams/stream-reader-protocol.ts";
import type { ClientConnected } from "../net/streams/stream-reader-protocol.ts";
import { StreamReader } from "../net/streams/stream-reader.ts";
import { StreamWriter } from "../net/streams/stream-writer.ts";
import type { Transport } from "../net/transports.ts";
import { shield } from "../tasks/shield.ts";
import { memoryStreamPair, type MemoryStreamOptions, memoryTransportPair } from "./memory-streams.ts";
import { ScriptError } from "./script-error.ts";
import { ScriptPeer } from "./script-peer.ts";

export type Script = (peer: ScriptPeer) => Awaitable<unknown>;

/**
 * The other end of a connection, which says and hears what a script says. See {@link scriptedPeer}.
 */
export class ScriptedPeer implements AsyncDisposable {
  /** For servers, when the code under test connects by itself: `startServer(peer.handler, host, port)`. */
  readonly handler: ClientConnected = (reader, writer) => this.#play(reader, writer);
  readonly #script: Script;
  readonly #options: MemoryStreamOptions;
  readonly #begun = new Future<void>();
  readonly #connections = new Set<Future<void>>();

  /** @internal */
  constructor(script: Script, options: MemoryStreamOptions) {
    this.#script = script;
    this.#options = options;
  }

  /** A connection in memory for the code under test; the script begins anew with each. */
  connect(): StreamPair {
    const [ours, theirs] = memoryStreamPair(this.#options);
    this.#playSoon(...theirs);
    return ours;
  }

  /** The same for a protocol, whose `connectionMade` is called soon. */
  connectProtocol(protocol: StreamProtocol): Transport {
    const loop = currentLoop();
    const { limit } = this.#options;
    const reader = new StreamReader({ loop, ...(limit === undefined ? {} : { limit }) });
    const streams = new StreamReaderProtocol(reader, null, { loop });
    const [ours, theirs] = memoryTransportPair(protocol, streams, this.#options);
    this.#playSoon(reader, new StreamWriter(theirs, streams, reader, loop));
    return ours;
  }

  /**
   * Waits until the script has been played to its end on every connection; for the first, if there is none yet.
   *
   * @throws ScriptError `GYRE_SCRIPT` - the code under test left the script: said something else, ended early, or left bytes behind
   * @throws whatever the script throws by itself
   */
  async finished(): Promise<void> {
    await shield(this.#begun); // for whoever else waits
    for (const connection of this.#connections) await shield(connection);
  }

  /** Waits as `finished()` does; but fails if nobody has connected at all. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#connections.size === 0) throw new ScriptError("The script never began: nobody connected.");
    await this.finished();
  }

  #playSoon(reader: StreamReader, writer: StreamWriter): void {
    currentLoop().createTask(() => this.#play(reader, writer), { name: "scripted peer" });
  }

  /** Never fails: `finished()` does. A failure that nobody looks at is reported as that of any future. */
  async #play(reader: StreamReader, writer: StreamWriter): Promise<void> {
    const connection = new Future<void>();
    this.#connections.add(connection);
    if (!this.#begun.done()) this.#begun.setResult();
    try {
      const peer = new ScriptPeer(reader, writer);
      await this.#script(peer);
      const leftover = peer.leftover();
      if (leftover !== null) throw leftover;
      futureInternals.settleValue(connection, undefined);
    } catch (error) {
      if (isCancelled(error)) {
        connection.cancel();
        writer.transport.abort();
        throw error;
      }
      futureInternals.settleError(connection, error);
    }
    writer.close(); // what the code under test waits for will not come any more
  }
}

/**
 * A peer for the code under test, which follows a script: it waits for bytes, and sends some. Where the code under test says
 * something else, the script fails with both texts, and the connection is closed, so that nobody waits for ever.
 *
 * @param script - plays one connection; called anew for each
 * @param options - of the connection in memory: `limit` and `capacity` in bytes
 * @example
 * const peer = scriptedPeer(async (peer) => {
 *   await peer.expect("HELLO\r\n");
 *   peer.send("OK\r\n");
 *   await peer.expectEof();
 * });
 * const [reader, writer] = peer.connect();
 * writer.write("HELLO\r\n");
 * console.log(String(await reader.readline())); // => OK
 * writer.close();
 * await peer.finished();
 */
export function scriptedPeer(script: Script, options: MemoryStreamOptions = {}): ScriptedPeer {
  requireFunction(script, "scriptedPeer(script)", "It plays the peer: async (peer) => { … }.");
  return new ScriptedPeer(script, options);
}
