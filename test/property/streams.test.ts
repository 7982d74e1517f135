/** A StreamReader against a plain model: whatever is fed, read and cancelled, no byte is lost and none comes twice. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import {
  createTask,
  IncompleteReadError,
  LimitOverrunError,
  run,
  sleep,
  StreamReader,
  type Task,
} from "gyre";
import { guardLeaks } from "../support/leaks.ts";

/** Few different bytes, so that separators and their beginnings come often. */
const text = fc
  .array(fc.constantFrom("a", "b", "\n"), { minLength: 1, maxLength: 12 })
  .map((letters) => letters.join(""));

type Read =
  | { readonly kind: "read" | "readexactly"; readonly n: number }
  | { readonly kind: "readline" }
  | { readonly kind: "readuntil"; readonly separators: readonly string[] };

const read: fc.Arbitrary<Read> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("read" as const, "readexactly" as const),
    n: fc.integer({ min: 1, max: 20 }),
  }),
  fc.record({ kind: fc.constant("readline" as const) }),
  fc.record({
    kind: fc.constant("readuntil" as const),
    separators: fc.array(fc.constantFrom("\n", "ab", "bab", "aab"), { minLength: 1, maxLength: 3 }),
  }),
);

type Step =
  | { readonly step: "feed"; readonly data: string }
  | { readonly step: "start"; readonly read: Read }
  | { readonly step: "cancel" | "turn" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ step: fc.constant("feed" as const), data: text }) },
  { weight: 4, arbitrary: fc.record({ step: fc.constant("start" as const), read }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("cancel" as const) }) },
  { weight: 3, arbitrary: fc.record({ step: fc.constant("turn" as const) }) },
);

function start(reader: StreamReader, wanted: Read): Promise<Buffer> {
  if (wanted.kind === "readline") return reader.readline();
  if (wanted.kind === "readuntil") return reader.readuntil(wanted.separators);
  return reader[wanted.kind](wanted.n);
}

/** What asyncio's description says that a read gives, given all the bytes that there will ever be. */
function expected(rest: string, wanted: Read): string {
  if ("n" in wanted) return rest.slice(0, wanted.n);
  const separators = wanted.kind === "readline" ? ["\n"] : wanted.separators;
  const ends = separators.flatMap((separator) => {
    const at = rest.indexOf(separator);
    return at < 0 ? [] : [at + separator.length];
  });
  return ends.length === 0 ? rest : rest.slice(0, Math.min(...ends));
}

/** Plays the steps, and reads what is left in the end. Gives the pieces that came out, with the read that gave each. */
async function play(
  reader: StreamReader,
  steps: readonly Step[],
): Promise<{ readonly fed: string; readonly pieces: [Read, string][] }> {
  const pieces: [Read, string][] = [];
  let fed = "";
  let task: Task<void> | null = null;
  for (const one of steps) {
    if (one.step === "feed") {
      reader.feedData(one.data);
      fed += one.data;
    } else if (one.step === "turn") await sleep(0);
    else if (one.step === "cancel") task?.cancel();
    else if ("read" in one && (task === null || task.done())) {
      task = createTask(async () => {
        try {
          pieces.push([one.read, String(await start(reader, one.read))]);
        } catch (error) {
          if (!(error instanceof IncompleteReadError)) throw error;
          pieces.push([one.read, String(error.partial)]);
        }
      });
    }
  }
  reader.feedEof();
  if (task !== null) await Promise.allSettled([task]);
  pieces.push([{ kind: "read", n: Number.POSITIVE_INFINITY }, String(await reader.read())]);
  return { fed, pieces };
}

describe("a stream reader", () => {
  guardLeaks();

  it("gives every byte once and in order, in the pieces that were asked for [STR-06 STR-07 STR-08 STR-09]", () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), (steps) =>
        run(async () => {
          const reader = new StreamReader({ limit: 1_000_000 });
          const { fed, pieces } = await play(reader, steps);
          assert.equal(pieces.map(([, piece]) => piece).join(""), fed);
          let rest = fed;
          for (const [wanted, piece] of pieces) {
            const most = expected(rest, wanted);
            // `read` gives what is there at that moment, which may be less; everything else is determined
            if (wanted.kind === "read") assert.ok(most.startsWith(piece) && (piece !== "" || rest === ""));
            else assert.equal(piece, most);
            rest = rest.slice(piece.length);
          }
          assert.equal(reader.atEof(), true);
        }),
      ),
      { numRuns: 300 },
    ));

  it("finds what a search in one piece finds, however the bytes are cut [STR-09]", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 30 }),
        fc.array(fc.constantFrom("\n", "ab", "bab", "aabb\n"), { minLength: 1, maxLength: 3 }),
        fc.nat(30),
        (chunks, separators, limit) =>
          run(async () => {
            const [whole, cut] = [
              new StreamReader({ limit: limit + 1 }),
              new StreamReader({ limit: limit + 1 }),
            ];
            whole.feedData(chunks.join(""));
            for (const chunk of chunks) cut.feedData(chunk);
            for (const reader of [whole, cut]) reader.feedEof();
            while (!whole.atEof() || !cut.atEof()) {
              const [one, other] = [await attempt(whole, separators), await attempt(cut, separators)];
              assert.equal(other, one);
            }
          }),
      ),
      { numRuns: 300 },
    ));
});

/** A record; or, where it is too long, what comes before its separator. */
async function attempt(reader: StreamReader, separators: readonly string[]): Promise<string> {
  try {
    return `record ${String(await reader.readuntil(separators))}`;
  } catch (error) {
    if (error instanceof IncompleteReadError) return `rest ${String(error.partial)}`;
    if (!(error instanceof LimitOverrunError)) throw error;
    return `too long ${String(await reader.readexactly(error.consumed))}`;
  }
}
