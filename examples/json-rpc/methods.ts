/** What this server can do. A method knows nothing about connections, and takes no signal to be cancelled. */

import { type Awaitable, sleep } from "gyre";
import { INVALID_PARAMS, RpcError } from "./messages.ts";

export type Method = (params: unknown) => Awaitable<unknown>;

export const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["add", (params) => numbers(params).reduce((sum, number) => sum + number, 0)],
  ["echo", (params) => params],
  ["sleep", rest],
]);

async function rest(params: unknown): Promise<string> {
  const [milliseconds = 0] = numbers(params);
  await sleep(milliseconds);
  return `slept ${milliseconds} ms`;
}

function numbers(params: unknown): number[] {
  if (Array.isArray(params) && params.every((param) => typeof param === "number")) return params;
  throw new RpcError(INVALID_PARAMS, "The parameters have to be numbers");
}
