/** The type tests' own tools: what `Equal` and `expectType` accept and refuse. */
import { type Equal, expectType } from "../support/types.ts";

expectType<Equal<{ a: 1 }, { a: 1 }>>(true);
expectType<Equal<1, number>>(false);
expectType<Equal<any, unknown>>(false);
// @ts-expect-error -- the types differ
expectType<Equal<1, number>>(true);
// @ts-expect-error -- optional is not the same as undefined
expectType<Equal<{ a?: 1 }, { a: 1 | undefined }>>(true);
