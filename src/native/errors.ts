import { constants } from "node:os";
import { getSystemErrorName } from "node:util";

/** What a call was about: whatever is known of it. */
export interface ErrorDetails {
  readonly address?: string;
  readonly port?: number;
  readonly path?: string;
}

const { EAGAIN, EWOULDBLOCK, EINTR } = constants.errno;

/** Whether a call has to be made again once the descriptor is ready. */
export function wouldBlock(result: number): boolean {
  return result === -EAGAIN || result === -EWOULDBLOCK || result === -EINTR;
}

/** The error of a call that returned `-errno`, in the shape of Node's own. */
export function callError(
  result: number,
  syscall: string,
  details: ErrorDetails = {},
): NodeJS.ErrnoException {
  const code = codeOf(result);
  const error = new Error([syscall, code, placeOf(details)].filter((part) => part !== "").join(" "));
  return Object.assign(error, { errno: result, code, syscall, ...details });
}

/** libuv knows fewer than the system: `EINPROGRESS` is one that it never meets. */
function codeOf(result: number): string {
  const code = getSystemErrorName(result);
  if (/^E\w+$/.test(code)) return code;
  return Object.entries(constants.errno).find(([, errno]) => errno === -result)?.[0] ?? `E${-result}`;
}

/** Gives a result back that is none of a failure. */
export function succeed(result: number, syscall: string, details?: ErrorDetails): number {
  if (result < 0) throw callError(result, syscall, details);
  return result;
}

function placeOf({ address, port, path }: ErrorDetails): string {
  if (path !== undefined) return path.replace("\0", "@");
  if (address === undefined) return "";
  if (port === undefined) return address.replace("\0", "@");
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}
