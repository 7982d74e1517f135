import { constants } from "node:os";
import { type AddressInput, formatAddress } from "../../../net/addresses.ts";

type SystemErrorCode = keyof typeof constants.errno;

/** What the system of a real host would say, in the shape of Node's own errors. */
export function systemError(
  code: SystemErrorCode,
  syscall: string,
  target: AddressInput | string | null = null,
  hint = "",
): NodeJS.ErrnoException {
  const where = target === null ? "" : ` ${formatAddress(target)}`;
  const error = new Error(`${syscall} ${code}${where}${hint === "" ? "" : `: ${hint}`}`);
  return Object.assign(error, { errno: -constants.errno[code], code, syscall, ...placeOf(target, syscall) });
}

/** Node calls the path of a Unix socket its address where it connects. */
function placeOf(target: AddressInput | string | null, syscall: string): object {
  if (target === null) return {};
  if (typeof target === "string") return syscall === "connect" ? { address: target } : { path: target };
  return { address: target.address, port: target.port };
}
