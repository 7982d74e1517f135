import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import type { BaseTransport, EventLoop } from "gyre";
import { FlowControl } from "#gyre/net/connection/flow-control.js";

type Step =
  | { readonly kind: "write"; readonly bytes: number }
  | { readonly kind: "sent"; readonly share: number }
  | { readonly kind: "limits"; readonly high: number | null; readonly low: number | null };

const DEFAULT_HIGH = 65_536;
const amount = fc.oneof(fc.nat(20), fc.nat(200_000));
const mark = fc.option(fc.oneof(fc.integer({ min: -2, max: 40 }), fc.nat(100_000)), { nil: null });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("write"), bytes: amount }),
  fc.record({ kind: fc.constant("sent"), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant("limits"), high: mark, low: mark }),
);

/** What the documentation says, as short as possible. */
class Model {
  size = 0;
  paused = false;
  high = DEFAULT_HIGH;
  low = DEFAULT_HIGH / 4;

  /** False: the limits make no sense, and nothing changes. */
  setLimits(high: number | null, low: number | null): boolean {
    const newHigh = high ?? (low === null ? DEFAULT_HIGH : 4 * low);
    const newLow = low ?? Math.floor(newHigh / 4);
    if (newLow < 0 || newHigh < newLow) return false;
    this.high = newHigh;
    this.low = newLow;
    return true;
  }
}

/** A protocol that notes its calls, below flow control; some of its methods throw. */
function setUp(throwing: boolean) {
  const calls: string[] = [];
  const note = (name: string) => (): void => {
    calls.push(name);
    if (throwing) throw new Error(name);
  };
  const protocol = { pauseWriting: note("pause"), resumeWriting: note("resume") };
  const reports: unknown[] = [];
  const loop = { callExceptionHandler: (report: unknown) => void reports.push(report) };
  const transport = { getProtocol: () => protocol };
  const flow = new FlowControl(
    loop as unknown as EventLoop,
    transport as unknown as BaseTransport,
    DEFAULT_HIGH,
  );
  return { flow, calls, reports };
}

function apply(flow: FlowControl, model: Model, next: Step): void {
  if (next.kind === "write") {
    model.size += next.bytes;
    if (next.bytes > 0) flow.grown(model.size);
    if (next.bytes > 0 && model.size > model.high) model.paused = true;
  } else if (next.kind === "sent") {
    model.size -= Math.floor(model.size * next.share);
    flow.shrunk(model.size);
    if (model.size <= model.low) model.paused = false;
  } else if (model.setLimits(next.high, next.low)) {
    flow.setLimits(next);
    flow.grown(model.size);
    if (model.size > model.high) model.paused = true;
  } else assert.throws(() => flow.setLimits(next), { code: "GYRE_OUT_OF_RANGE" });
}

describe("flow control, whatever is written, sent and set", () => {
  it("pauses above the high mark, resumes at the low one, and strictly alternates [TR-08 TR-09]", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, throwing) => {
        const { flow, calls, reports } = setUp(throwing);
        const model = new Model();
        const expected: string[] = [];
        for (const next of steps) {
          const before = model.paused;
          apply(flow, model, next);
          if (model.paused !== before) expected.push(model.paused ? "pause" : "resume");
          assert.equal(flow.paused, model.paused);
          assert.deepEqual(flow.limits, [model.low, model.high]);
          assert.deepEqual(calls, expected);
        }
        assert.deepEqual(
          calls,
          calls.map((_, index) => (index % 2 === 0 ? "pause" : "resume")),
        );
        assert.equal(reports.length, throwing ? calls.length : 0);
      }),
      { numRuns: 500 },
    );
  });
});
