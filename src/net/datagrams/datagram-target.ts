/** Where a datagram goes. */

import { describe } from "../../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../../core/errors.ts";
import { type AddressInput, formatAddress, type SocketAddress } from "../addresses.ts";
import { requirePort } from "../names/resolve.ts";

/**
 * The address that was given, or else the only one that an endpoint sends to.
 *
 * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
 */
export function requireTarget(
  given: AddressInput | null,
  remote: SocketAddress | null,
  where: string,
): AddressInput {
  if (given !== null) requireForm(given, where);
  const target = given ?? remote;
  if (target === null) {
    throw new ArgumentTypeError(
      `${where} expects an address, because this endpoint has no remote one. Pass { address, port }, or open it with remoteAddr.`,
    );
  }
  if (remote !== null && (target.address !== remote.address || target.port !== remote.port)) {
    throw new ArgumentRangeError(
      `${where}: this endpoint sends to ${formatAddress(remote)} only, but the address is ${formatAddress(target)}. ` +
        "Leave it out, or open an endpoint without remoteAddr.",
    );
  }
  return target;
}

function requireForm(given: unknown, where: string): void {
  const fits =
    typeof given === "object" &&
    given !== null &&
    "address" in given &&
    typeof given.address === "string" &&
    "port" in given &&
    typeof given.port === "number";
  if (!fits) {
    throw new ArgumentTypeError(
      `${where} expects an address as { address: "127.0.0.1", port: 53 }, but got ${describe(given)}.`,
    );
  }
  requirePort(given.port, where);
}
