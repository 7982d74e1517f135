/** Between gyre's streams and those of the Web platform. */

import { ReadableStream, WritableStream } from "node:stream/web";
import { CallbackContext } from "../../core/callback-context.ts";
import { currentLoop } from "../../core/loops.ts";
import { fromDuplex } from "./duplex.ts";
import type { LimitOption } from "./limit.ts";
import type { StreamPair } from "./open-connection.ts";
import type { StreamReader } from "./stream-reader.ts";
import type { StreamWriter } from "./stream-writer.ts";
import { WebDuplex } from "./web-duplex.ts";

const CHUNK = 65_536; // bytes

/** Both directions of a connection. */
export interface WebStreamPair {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * Web streams over a connection. They own it from then on: when both have ended it is closed; `cancel()` and `abort()` cut it off.
 *
 * @example
 * const [reader, writer] = await openConnection("example.org", 80);
 * const { readable, writable } = toWebStreams(reader, writer);
 * await readable.pipeThrough(new DecompressionStream("gzip")).pipeTo(sink);
 */
export function toWebStreams(reader: StreamReader, writer: StreamWriter): WebStreamPair {
  const context = new CallbackContext(currentLoop());
  const ending = new Ending(writer);
  const readable = new ReadableStream<Uint8Array>(
    {
      pull: (controller) =>
        outsideOfTasks(context, async () => {
          const data = await reader.read(CHUNK);
          if (data.length > 0) controller.enqueue(data);
          else {
            controller.close();
            ending.readableEnded();
          }
        }),
      cancel: () => writer.transport.abort(),
    },
    { highWaterMark: 0 }, // what is read ahead is in the reader
  );
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) =>
      outsideOfTasks(context, () => {
        writer.write(chunk);
        return writer.drain();
      }),
    close: () => ending.writableEnded(),
    abort: () => writer.transport.abort(),
  });
  return { readable, writable };
}

/**
 * A reader and a writer over web streams, such as those of a `WebSocketStream`, a `CompressionStream` or a worker.
 *
 * @param streams - are owned by the reader and the writer from then on
 * @param options.limit - as in `openConnection`
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 * @example
 * const [reader, writer] = fromWebStreams(new CompressionStream("gzip"));
 * writer.write("squeeze me");
 * writer.writeEof();
 * const squeezed = await reader.read();
 */
export function fromWebStreams(streams: WebStreamPair, options: LimitOption = {}): StreamPair {
  return fromDuplex(new WebDuplex(streams), options);
}

/** Closes the connection when both directions have ended. */
class Ending {
  readonly #writer: StreamWriter;
  #readable = false;
  #writable = false;

  constructor(writer: StreamWriter) {
    this.#writer = writer;
  }

  readableEnded(): void {
    this.#readable = true;
    if (this.#writable) this.#writer.close();
  }

  writableEnded(): void {
    this.#writable = true;
    if (this.#readable || !this.#writer.canWriteEof()) this.#writer.close();
    else this.#writer.writeEof();
  }
}

/** Whose call happened to start a read must not be able to cancel it. */
function outsideOfTasks(context: CallbackContext, action: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    context.run(() => void action().then(resolve, reject), undefined);
  });
}
