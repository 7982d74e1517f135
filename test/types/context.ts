/** What an editor infers for context variables and the exception handler, and which calls it underlines. */
import type { Context } from "gyre";
import { ContextVar, copyContext, type ExceptionContext, getRunningLoop, type Token } from "gyre";
import { type Equal, expectType } from "../support/types.ts";

const user = new ContextVar<string>("user");
const count = new ContextVar("count", { default: 0 });
expectType<Equal<typeof count, ContextVar<number>>>(true);

const value = user.get();
expectType<Equal<typeof value, string>>(true);
const fallback = user.get("nobody");
expectType<Equal<typeof fallback, string>>(true);
const token = user.set("ada");
expectType<Equal<typeof token, Token<string>>>(true);
expectType<Equal<typeof token.oldValue, string | undefined>>(true);
user.reset(token);
// @ts-expect-error -- the token of another variable's type
count.reset(token);
// @ts-expect-error -- a value of another type
user.set(5);
// @ts-expect-error -- a variable has a name
void new ContextVar<string>();

const context: Context = copyContext();
const ran = context.run((a: number, b: string) => a + b.length, 1, "two");
expectType<Equal<typeof ran, number>>(true);
const ranAsync = context.run(async () => user.get());
expectType<Equal<typeof ranAsync, Promise<string>>>(true);
const read = context.get(user);
expectType<Equal<typeof read, string | undefined>>(true);
const has: boolean = context.has(user);
void has;
// @ts-expect-error -- the argument has another type
context.run((a: number) => a, "text");

const loop = getRunningLoop();
loop.setExceptionHandler((own, report) => {
  expectType<Equal<typeof own, typeof loop>>(true);
  expectType<Equal<typeof report, ExceptionContext>>(true);
  expectType<Equal<typeof report.message, string>>(true);
});
loop.setExceptionHandler(null);
// @ts-expect-error -- null takes the handler back
loop.setExceptionHandler(undefined);
