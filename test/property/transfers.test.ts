/** Whatever is sent and received between whatever sockets: with one call for all, it is the same as with one for each. */
import assert from "node:assert/strict";
import { it } from "node:test";
import * as fc from "fast-check";
import { libc } from "#gyre/native/libc.js";
import { TransferMemory, Transfers } from "#gyre/native/transfers.js";
import { describeNative } from "../support/descriptors.ts";

const SWITCH = "GYRE_IO_URING";
const CAPACITY = 8;
const PAIRS = 3;
const SIZE = 400_000; // more than a socket takes

type Step =
  | { readonly kind: "transfer"; readonly send: boolean; readonly end: number; readonly size: number }
  | { readonly kind: "run" }
  | { readonly kind: "shutdown"; readonly end: number };

const end = fc.nat(2 * PAIRS - 1);
const size = fc.oneof(fc.nat(20), fc.nat(5000), fc.nat(SIZE));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("transfer"), send: fc.boolean(), end, size }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("run") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("shutdown"), end }) },
);

/** One way to do them, between sockets of its own. */
class World {
  readonly #transfers: Transfers;
  readonly #memory = new TransferMemory(SIZE);
  readonly #system = libc("a test");
  readonly #ends: number[] = [];
  #waiting = 0;
  readonly log: unknown[] = [];

  constructor(allowed: string) {
    const before = process.env[SWITCH];
    process.env[SWITCH] = allowed;
    this.#transfers = new Transfers(CAPACITY);
    this.#memory.bytes.fill(0);
    if (before === undefined) delete process.env[SWITCH];
    else process.env[SWITCH] = before;
    for (let index = 0; index < PAIRS; index++) {
      const pair = this.#system.socketpair(1, 1, 0);
      assert.ok(typeof pair !== "number");
      this.#ends.push(...pair);
    }
  }

  get together(): boolean {
    return this.#transfers.together;
  }

  do(next: Step, index: number): void {
    if (next.kind === "run") this.#run();
    else if (next.kind === "shutdown") {
      this.#run(); // what is not made yet would see it
      this.log.push(this.#system.shutdown(this.#fd(next.end), 1));
    } else this.#transfer(next, index);
    if (this.#waiting === CAPACITY) this.#run();
  }

  /** All that is on its way still. */
  finish(): void {
    this.#run();
    for (const fd of this.#ends) this.log.push(this.#system.recv(fd, this.#memory.bytes), this.#digest());
  }

  close(): void {
    this.#transfers.close();
    for (const fd of this.#ends) this.#system.close(fd);
  }

  /** Each has a run of its own if it receives, since the next one may use the same memory. */
  #transfer({ send, end: which, size: length }: Step & { kind: "transfer" }, index: number): void {
    if (send) {
      this.#run();
      this.#memory.bytes.fill(index % 256, 0, length);
      this.#transfers.send(this.#fd(which), this.#memory, 0, length);
    } else {
      const room = Math.floor(SIZE / CAPACITY);
      this.#transfers.receive(
        this.#fd(which),
        this.#memory,
        this.#waiting * room,
        Math.min(Math.max(length, 1), room),
      );
    }
    this.#waiting++;
  }

  #run(): void {
    this.#transfers.run();
    this.log.push([...this.#transfers.results.subarray(0, this.#waiting)], this.#digest());
    this.#waiting = 0;
  }

  #digest(): string {
    const { bytes } = this.#memory;
    let sum = 0;
    for (let index = 0; index < bytes.length; index += 97)
      sum = (Math.imul(sum, 31) + (bytes[index] ?? 0)) | 0;
    return String(sum);
  }

  #fd(index: number): number {
    return this.#ends[index] ?? -1;
  }
}

describeNative("transfers", () => {
  it("made together are those that are made singly", (test) => {
    const probe = new World("1");
    const { together } = probe;
    probe.close();
    if (!together) {
      test.skip("the system has no io_uring, or forbids it");
      return;
    }
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const worlds = [new World("1"), new World("0")];
        try {
          for (const world of worlds) {
            for (const [index, next] of steps.entries()) world.do(next, index);
            world.finish();
          }
          assert.deepEqual(worlds[0]?.log, worlds[1]?.log);
        } finally {
          for (const world of worlds) world.close();
        }
      }),
      { numRuns: 100 },
    );
  });
});
