/** `executor.map`: items in, results out in the same order, with a limit on how far it may run ahead. */

import { describe } from "../core/arguments.ts";
import { ArgumentRangeError, ArgumentTypeError } from "../core/errors.ts";
import type { Future } from "../core/future.ts";
import { currentLoop } from "../core/loops.ts";
import { waitFor } from "../tasks/wait-for.ts";
import type { MapOptions } from "./executor.ts";

/** @param start - begins a job for several items */
export function mapThrough<I, T>(
  start: (chunk: I[]) => Future<T[]>,
  items: Iterable<I> | AsyncIterable<I>,
  options: MapOptions,
  defaultBuffer: number,
): AsyncIterableIterator<T> {
  const chunksize = requireSize(options.chunksize ?? 1, "chunksize");
  const buffersize = requireSize(options.buffersize ?? Math.max(defaultBuffer, chunksize), "buffersize");
  requireIterable(items);
  return results(
    start,
    inChunks(items, chunksize),
    Math.max(1, Math.floor(buffersize / chunksize)),
    options.timeout ?? null,
  );
}

async function* results<I, T>(
  start: (chunk: I[]) => Future<T[]>,
  chunks: AsyncGenerator<I[]>,
  ahead: number,
  timeout: number | null,
): AsyncGenerator<T> {
  const loop = currentLoop();
  const deadline = timeout === null ? null : loop.time() + timeout;
  const underWay: Future<T[]>[] = [];
  let exhausted = false;
  try {
    for (;;) {
      while (!exhausted && underWay.length < ahead) {
        const next = await chunks.next();
        if (next.done === true) exhausted = true;
        else underWay.push(start(next.value));
      }
      const first = underWay.shift();
      if (first === undefined) return;
      try {
        yield* await (deadline === null ? first : waitFor(first, deadline - loop.time()));
      } finally {
        first.cancel();
      }
    }
  } finally {
    for (const future of underWay) future.cancel();
    await chunks.return(undefined);
  }
}

async function* inChunks<I>(items: Iterable<I> | AsyncIterable<I>, size: number): AsyncGenerator<I[]> {
  let chunk: I[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

function requireSize(value: unknown, name: string): number {
  if (typeof value !== "number")
    throw new ArgumentTypeError(`The option ${name} must be a number, but it is ${describe(value)}.`);
  if (!Number.isInteger(value) || value < 1)
    throw new ArgumentRangeError(
      `The option ${name} must be a whole number of at least 1, but it is ${value}.`,
    );
  return value;
}

function requireIterable(items: unknown): void {
  const iterates = Object(items) as { [Symbol.iterator]?: unknown; [Symbol.asyncIterator]?: unknown };
  if (typeof iterates[Symbol.iterator] === "function" || typeof iterates[Symbol.asyncIterator] === "function")
    return;
  throw new ArgumentTypeError(
    `executor.map(fn, items) expects items to iterate over, but got ${describe(items)}.`,
  );
}
