/** Errors that hold others, in one line: a group is printed as its members in brackets. */
import { ExceptionGroup, sleep } from "gyre";
import type { Print } from "../support/parity.ts";
import { Boom, nameOf } from "./outcomes.ts";

/** `[Boom a, [TimeoutError]]` */
export function tree(error: unknown): string {
  if (error instanceof ExceptionGroup) return `[${error.errors.map(tree).join(", ")}]`;
  return error instanceof Boom ? `Boom ${error.message}` : nameOf(error);
}

/** What awaiting gives: the value, or the tree of the error. */
export async function outcome<T>(awaitable: PromiseLike<T>): Promise<T | string> {
  try {
    return await awaitable;
  } catch (error) {
    return tree(error);
  }
}

/** Fails after the delay, or after one turn. */
export async function fail(name: string, delay = 0): Promise<never> {
  await sleep(delay);
  throw new Boom(name);
}

/** Runs until it is cancelled, and says so. */
export async function waitLong(print: Print, name: string): Promise<void> {
  try {
    await sleep(60_000);
  } finally {
    print(name, "ends");
  }
}

/** Runs until it is cancelled, and then takes its time. */
export async function cleanUp(print: Print, name: string, delay = 10): Promise<void> {
  try {
    await sleep(60_000);
  } finally {
    await sleep(delay);
    print(name, "cleaned up");
  }
}

/** Runs until it is cancelled, and then fails. */
export async function failAtTheEnd(name: string): Promise<void> {
  try {
    await sleep(60_000);
  } finally {
    // oxlint-disable-next-line no-unsafe-finally -- the error replaces the cancellation on purpose
    throw new Boom(name);
  }
}
