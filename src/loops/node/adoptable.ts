/** Descriptors that somebody else opened, or objects that have one, as what becomes of them is the loops' to say. */

import { fstatSync } from "node:fs";
import { platform } from "node:os";
import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import { hasDescriptor } from "../../core/file-object.ts";

/** What the error says of what it is. */
export const STREAM =
  "The option sock must be a connected net.Socket, its descriptor, or an object with fileno()";
export const SERVER =
  "The option sock must be a net.Server that listens, its descriptor, or an object with fileno()";

/** What has a descriptor. If it can give that away, it has to, or else two would close it. */
export interface DescriptorOwner {
  fileno(): unknown;
  detach?(): unknown;
}

/** @throws TypeError for what is no socket, RangeError for one that is closed, Error with code `EBADF` */
export function requireDescriptor(
  socket: unknown,
  rule: string,
): { fd: number; owner: DescriptorOwner | null } {
  const owner = hasDescriptor(socket) ? socket : null;
  const fd = owner === null ? socket : owner.fileno();
  if (typeof fd !== "number" || isView(socket))
    throw new ArgumentTypeError(`${rule}, but it is ${describe(socket)}.`);
  if (!Number.isInteger(fd) || fd < 0)
    throw new ArgumentRangeError(`${rule}, but ${owner === null ? fd : "this one"} is closed already.`);
  if (platform() !== "win32" && !fstatSync(fd).isSocket())
    throw new ArgumentTypeError(`${rule}, but the descriptor ${fd} is not a socket's.`);
  return { fd, owner };
}

/** The socket of a transport is only to look at: it stays the transport's. */
function isView(value: unknown): boolean {
  return hasDescriptor(value) && !("detach" in value) && "setNoDelay" in value;
}
