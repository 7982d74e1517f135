/** Streams of which a transport must not close more than it was given: it writes to a stream in front of them. */

import { Socket } from "node:net";
import { Duplex, Writable } from "node:stream";

/** The stream itself, or one in front of it where closing it would harm others. */
export function outletTo(stream: Writable): Writable {
  if (isStandardOutput(stream)) return passOn(stream, { owned: false });
  // What a transform still has to give belongs to those who read it.
  return stream instanceof Duplex && !(stream instanceof Socket) ? passOn(stream, { owned: true }) : stream;
}

/** Node does not close these; once they were ended, it would refuse whatever `console.log` writes. */
function isStandardOutput(stream: Writable): boolean {
  return "fd" in stream && (stream.fd === 1 || stream.fd === 2) && "_isStdio" in stream;
}

/** @param options.owned - whether the end is passed on too */
function passOn(stream: Writable, { owned }: { readonly owned: boolean }): Writable {
  const outlet = new Writable({
    highWaterMark: stream.writableHighWaterMark,
    write: (chunk: Buffer, _encoding, done) => void stream.write(chunk, done),
    final: (done) => {
      if (owned) stream.end(done);
      else done();
    },
    destroy: (error, done) => {
      stream.off("close", onClose);
      if (owned && !stream.writableFinished) stream.destroy();
      if (stream.closed || !owned) stream.off("error", onError);
      done(error);
    },
  });
  const onError = (error: Error): void => void outlet.destroy(error);
  const onClose = (): void => void outlet.destroy();
  stream.on("error", onError).on("close", onClose);
  return outlet;
}
