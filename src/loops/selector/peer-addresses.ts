/**
 * Who is at the other end of connections that were accepted, by descriptor, in the system's form: what nobody asks for stays at 32 bytes,
 * where an address that is put into words takes four times as many.
 */

const SLOT = 32; // bytes: a size, and room for the largest `struct sockaddr` of the internet, which has 28
const FIRST_SLOTS = 64;

let slots = new Uint8Array(FIRST_SLOTS * SLOT);

/** Keeps the address of a descriptor's peer until another one is kept. An address that is too long for that is null here. */
export function keepPeer(fd: number, address: Uint8Array | null): void {
  makeRoomFor(fd);
  const start = fd * SLOT;
  const fits = address !== null && address.length < SLOT;
  slots[start] = fits ? address.length : 0;
  if (fits) slots.set(address, start + 1);
}

/** Null where none was kept. */
export function keptPeer(fd: number): Uint8Array | null {
  const start = fd * SLOT + 1;
  const size = slots[start - 1] ?? 0;
  return size === 0 ? null : slots.subarray(start, start + size);
}

function makeRoomFor(fd: number): void {
  let size = slots.length;
  while (size < (fd + 1) * SLOT) size *= 2;
  if (size === slots.length) return;
  const larger = new Uint8Array(size);
  larger.set(slots);
  slots = larger;
}
