import type { EventLoop } from "../../core/event-loop.ts";
import { type RawSocket, requireNonBlocking, requireOpen, wouldBlock } from "./raw-socket.ts";
import type { Direction } from "./readiness.ts";

/** What an attempt gives that got somewhere, and not to its end. */
export const AGAIN = Symbol("again");

export interface Attempt<T> {
  /** The method that is to be named in errors. */
  readonly where: string;
  readonly direction: Direction;
  /** Gives {@link AGAIN}, or throws an error that says it would block, to be made again. */
  readonly make: () => T | typeof AGAIN;
}

/**
 * Makes an attempt now, and again whenever the socket is ready, until it does not block. Those who come later stand in line. The
 * attempt is made by the task that waits, and not on its behalf: so a cancellation never loses what an attempt has brought.
 */
export async function inTurn<T>(
  loop: EventLoop,
  sock: RawSocket,
  { where, direction, make }: Attempt<T>,
): Promise<T> {
  requireNonBlocking(loop, sock, where);
  requireOpen(sock, where);
  if (!loop.descriptors.hasLine(sock.fileno(), direction)) {
    const made = tryOnce(make);
    if (made !== AGAIN) return made;
  }
  return await waitAndMake(loop, sock, { where, direction, make });
}

/** The same after an attempt that blocked. */
export async function waitAndMake<T>(
  loop: EventLoop,
  sock: RawSocket,
  { where, direction, make }: Attempt<T>,
): Promise<T> {
  const place = loop.descriptors.enter(sock, direction, where);
  try {
    for (;;) {
      await place.turn();
      const made = tryOnce(make);
      if (made !== AGAIN) return made;
    }
  } finally {
    place.leave();
  }
}

function tryOnce<T>(make: () => T | typeof AGAIN): T | typeof AGAIN {
  try {
    return make();
  } catch (error) {
    if (wouldBlock(error)) return AGAIN;
    throw error;
  }
}
