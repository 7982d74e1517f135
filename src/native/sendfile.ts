/** sendfile(2): the system moves a part of a file into a socket by itself. */

import { type Koffi, loadKoffi } from "./availability.ts";
import { requireDescriptor, requireOffset } from "./checks.ts";
import { isDarwin } from "./constants.ts";

/** What one call can move, which is Linux' own limit. */
const MOST = 0x7fff_f000;

type Call = (socket: number, file: number, offset: number, count: number) => number;

let call: Call | undefined;

/**
 * Sends what the socket takes at once. A file that is not in memory yet is waited for.
 *
 * @param offset - where in the file to begin; its own position neither counts nor changes
 * @param count - how many bytes at most
 * @returns how many bytes were sent, 0 at the end of the file; or `-errno`
 */
export function sendfile(socket: number, file: number, offset: number, count: number): number {
  requireDescriptor(socket);
  requireDescriptor(file);
  requireOffset(offset, "An offset in a file");
  requireOffset(count, "A number of bytes");
  call ??= bind(loadKoffi("sendfile()"));
  return call(socket, file, offset, Math.min(count, MOST));
}

function bind(koffi: Koffi): Call {
  const library = koffi.load(null);
  if (isDarwin)
    return bindDarwin(koffi, library.func("int sendfile(int, int, int64_t, void *, void *, int)"));
  const native: (out: number, from: number, offset: BigInt64Array, count: number) => number = library.func(
    "long sendfile(int, int, void *, size_t)",
  );
  const place = new BigInt64Array(1);
  return (socket, file, offset, count) => {
    place[0] = BigInt(offset);
    const sent = native(socket, file, place, count);
    return sent < 0 ? -koffi.errno() : sent;
  };
}

type DarwinCall = (
  file: number,
  socket: number,
  offset: number,
  length: BigInt64Array,
  headers: null,
  flags: number,
) => number;

/** There, 0 bytes mean all, and a call that would block tells how many bytes went before. */
function bindDarwin(koffi: Koffi, native: DarwinCall): Call {
  const length = new BigInt64Array(1);
  return (socket, file, offset, count) => {
    if (count === 0) return 0;
    length[0] = BigInt(count);
    const result = native(file, socket, offset, length, null, 0);
    const sent = Number(length[0]);
    return result < 0 && sent === 0 ? -koffi.errno() : sent;
  };
}
