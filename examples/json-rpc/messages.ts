/** What goes over the wire: JSON-RPC 2.0, a message per line. */

export type Id = string | number | null;

export interface Request {
  readonly jsonrpc: "2.0";
  readonly method: string;
  readonly params?: unknown;
  /** None: a notification, which is not answered. */
  readonly id?: Id;
}

export interface Failure {
  readonly code: number;
  readonly message: string;
}

export type Reply =
  | { readonly jsonrpc: "2.0"; readonly id: Id; readonly result: unknown }
  | { readonly jsonrpc: "2.0"; readonly id: Id; readonly error: Failure };

/** A notification with the `id` of a request that nobody waits for any more, as in the Language Server Protocol. */
export const CANCEL = "$/cancelRequest";

export const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;
export const METHOD_NOT_FOUND = -32_601;
export const INVALID_PARAMS = -32_602;
export const INTERNAL_ERROR = -32_603;
export const BUSY = -32_000;
export const CANCELLED = -32_800; // the Language Server Protocol's

/** A method throws it to say what is wrong; a client throws what the server said. */
export class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export function isRequest(message: unknown): message is Request {
  if (typeof message !== "object" || message === null) return false;
  const { jsonrpc, method, params = [], id = null }: Readonly<Record<string, unknown>> = { ...message };
  const validId = id === null || typeof id === "string" || typeof id === "number";
  return (
    jsonrpc === "2.0" &&
    typeof method === "string" &&
    typeof params === "object" &&
    params !== null &&
    validId
  );
}

export function success(id: Id, result: unknown): Reply {
  return { jsonrpc: "2.0", id, result: result ?? null };
}

export function failure(id: Id, code: number, message: string): Reply {
  return { jsonrpc: "2.0", id, error: { code, message } };
}
