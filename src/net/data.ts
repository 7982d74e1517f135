/** Bytes that users hand over. */

import { describe } from "../core/arguments.ts";
import { ArgumentTypeError } from "../core/errors.ts";
import type { Data } from "./transports.ts";

/** @throws TypeError `GYRE_INVALID_ARGUMENT` */
export function toBytes(data: Data, where: string): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (typeof data === "string") return Buffer.from(data);
  throw new ArgumentTypeError(
    `${where} expects bytes (a Buffer or Uint8Array) or a string, but got ${describe(data)}.`,
  );
}
