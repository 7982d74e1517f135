/** Expectations that teach: each says what the contract is, and what the loop did instead. */

import { inspect, isDeepStrictEqual } from "node:util";

/** A loop broke its contract, or that of a loop's network. */
export class ContractError extends Error {
  override readonly name = "ContractError";
  readonly code = "GYRE_CONTRACT";
}

/** What a system error has beside its message. */
export interface SystemErrorShape {
  readonly code?: string;
  readonly errno?: number;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
}

export function expect(holds: boolean, contract: string, found: string): asserts holds {
  if (!holds) throw new ContractError(`The contract: ${contract}.\nBut ${found}.`);
}

export function expectEqual(actual: unknown, expected: unknown, contract: string): void {
  expect(isDeepStrictEqual(actual, expected), contract, `expected ${show(expected)} and got ${show(actual)}`);
}

/** Compares without printing megabytes. */
export function expectBytes(actual: Buffer, expected: Buffer, contract: string): void {
  if (actual.equals(expected)) return;
  const length = Math.min(actual.length, expected.length);
  let at = 0;
  while (at < length && actual[at] === expected[at]) at++;
  expect(
    false,
    contract,
    `of ${expected.length} bytes ${actual.length} came, and they differ from byte ${at} on`,
  );
}

/** @returns the error */
export function expectThrow(action: () => unknown, code: string, contract: string): void {
  let thrown: unknown = null;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  expect(thrown !== null, contract, `nothing was thrown, where ${code} was expected`);
  expect(codeOf(thrown) === code, contract, `${show(thrown)} was thrown, where ${code} was expected`);
}

/** @returns the error, for a closer look */
export async function expectRejection(
  promise: PromiseLike<unknown>,
  codes: string | readonly string[],
  contract: string,
): Promise<Error & SystemErrorShape> {
  let rejection: unknown = null;
  let value: unknown = null;
  try {
    value = await promise;
  } catch (error) {
    rejection = error;
  }
  const wanted = [codes].flat();
  const names = wanted.join(" or ");
  expect(
    rejection !== null,
    contract,
    `the promise was fulfilled with ${show(value)}, where ${names} was expected`,
  );
  expect(
    rejection instanceof Error && wanted.includes(codeOf(rejection) ?? ""),
    contract,
    `it was rejected with ${show(rejection)}, where ${names} was expected`,
  );
  return rejection;
}

export function codeOf(error: unknown): string | null {
  const code: unknown = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return typeof code === "string" ? code : null;
}

export function show(value: unknown): string {
  if (value instanceof Error) return `${codeOf(value) ?? value.name} (${value.message})`;
  return inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 40 });
}
