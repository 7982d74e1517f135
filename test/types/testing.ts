import type { TestContext } from "node:test";
import { test } from "node:test";
import type { StreamReader, StreamWriter } from "gyre";
import { memoryStreamPair, Sequencer, testAsync, testWith } from "gyre/testing";
import { type Equal, expectType } from "../support/types.ts";

const sequence = new Sequencer();
expectType<Equal<ReturnType<typeof sequence.at<number>>, Promise<number>>>(true);
const passed = sequence.at(0);
expectType<Equal<typeof passed, Promise<void>>>(true);
const value = sequence.at(1, async () => "text");
expectType<Equal<typeof value, Promise<string>>>(true);
// @ts-expect-error -- a promise has started already
void sequence.at(2, Promise.resolve());

const [[reader], [, writer]] = memoryStreamPair();
expectType<Equal<typeof reader, StreamReader>>(true);
expectType<Equal<typeof writer, StreamWriter>>(true);

const plain = testAsync(async () => {});
expectType<Equal<typeof plain, () => Promise<void>>>(true);
const each = testAsync(async (count: number, name: string) => `${count}${name}`);
expectType<Equal<typeof each, (count: number, name: string) => Promise<void>>>(true);
void test(
  "the framework's context is known",
  testAsync(async (context) => {
    expectType<Equal<typeof context, TestContext>>(true);
  }),
);
// @ts-expect-error -- a promise has started already
testAsync(Promise.resolve());

const withNumber = testWith<number>(async (use) => {
  await use(7);
  // @ts-expect-error -- not a number
  await use("seven");
});
void test(
  "after the fixture's value",
  withNumber(async (seven, context) => {
    expectType<Equal<typeof seven, number>>(true);
    expectType<Equal<typeof context, TestContext>>(true);
  }),
);
const alone = withNumber((seven) => void seven);
expectType<Equal<typeof alone, () => Promise<void>>>(true);
