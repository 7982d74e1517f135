import assert from "node:assert/strict";
import { Context, ContextVar, copyContext, sleep, Token } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";

describeOnLoops("a context variable", ({ it, run }) => {
  it("has its value, else the fallback, else the default, else it throws [CTX-06]", () =>
    run(async () => {
      const bare = new ContextVar<string>("bare");
      const defaulted = new ContextVar<string>("defaulted", { default: "default" });
      assert.throws(() => bare.get(), { name: "LookupError", code: "GYRE_NO_VALUE" });
      assert.equal(bare.get("fallback"), "fallback");
      assert.equal(defaulted.get(), "default");
      assert.equal(defaulted.get("fallback"), "fallback");
      bare.set("set");
      assert.equal(bare.get("fallback"), "set");
    }));

  it("takes undefined and null as values, defaults and fallbacks [CTX-06]", () =>
    run(async () => {
      const variable = new ContextVar<string | undefined | null>("variable", { default: undefined });
      assert.equal(variable.get(), undefined);
      assert.equal(variable.get(null), null);
      variable.set(null);
      assert.equal(variable.get("fallback"), null);
      assert.equal(new ContextVar<undefined>("bare").get(undefined), undefined);
    }));

  it("goes back to the value before by its token [CTX-06]", () =>
    run(async () => {
      const variable = new ContextVar<string>("variable");
      const first = variable.set("first");
      const second = variable.set("second");
      assert.ok(second instanceof Token);
      assert.equal(second.oldValue, "first");
      assert.equal(second.variable, variable);
      variable.reset(second);
      assert.equal(variable.get(), "first");
      variable.reset(first);
      assert.equal(variable.get("unset"), "unset");
    }));

  it("goes back at the end of a block that disposes of the token [CTX-06]", () =>
    run(async () => {
      const variable = new ContextVar<string>("variable", { default: "before" });
      const token = variable.set("inside");
      token[Symbol.dispose]();
      assert.equal(variable.get(), "before");
    }));

  it("refuses a token that was used, is another variable's, another context's, or none [CTX-06]", () =>
    run(async () => {
      const variable = new ContextVar<string>("variable");
      const other = new ContextVar<string>("other");
      const token = variable.set("value");
      assert.throws(() => other.reset(token), { name: "RangeError", code: "GYRE_OUT_OF_RANGE" });
      assert.throws(() => copyContext().run(() => variable.reset(token)), { code: "GYRE_OUT_OF_RANGE" });
      variable.reset(token);
      assert.throws(() => variable.reset(token), { name: "RuntimeError", code: "GYRE_TOKEN_USED" });
      assert.throws(() => variable.reset(5 as unknown as Token<string>), { code: "GYRE_INVALID_ARGUMENT" });
    }));

  it("is told apart from others of the same name [CTX-06]", () =>
    run(async () => {
      const [a, b] = [new ContextVar<number>("same"), new ContextVar<number>("same")];
      a.set(1);
      b.set(2);
      assert.deepEqual([a.get(), b.get(), a.name, b.name], [1, 2, "same", "same"]);
    }));

  it("needs a name [CTX-06]", () => {
    assert.throws(() => new ContextVar(5 as unknown as string), { code: "GYRE_INVALID_ARGUMENT" });
  });

  it("can be set outside of tasks, for the rest of an async function [CTX-06]", async () => {
    const variable = new ContextVar<string>("variable", { default: "default" });
    const work = async (value: string): Promise<string> => {
      await Promise.resolve();
      variable.set(value);
      await sleep(1);
      return variable.get();
    };
    assert.deepEqual(await Promise.all([work("a"), work("b")]), ["a", "b"]);
    assert.equal(variable.get(), "default");
  });
});

describeOnLoops("a context", ({ it, run }) => {
  it("keeps what its run() sets to itself [CTX-06]", () =>
    run(async () => {
      const variable = new ContextVar<string>("variable", { default: "outside" });
      const context = copyContext();
      const result = context.run(
        (a: number, b: number) => {
          variable.set("inside");
          return a + b;
        },
        1,
        2,
      );
      assert.equal(result, 3);
      assert.equal(variable.get(), "outside");
      assert.equal(context.get(variable), "inside");
      assert.equal(
        context.run(() => variable.get()),
        "inside",
      );
    }));

  it("holds through the awaits of an async function that it runs [CTX-06]", () =>
    run(async () => {
      const variable = new ContextVar<string>("variable", { default: "outside" });
      const context = new Context();
      const seen = await context.run(async () => {
        variable.set("inside");
        await sleep(1);
        return variable.get();
      });
      assert.deepEqual([seen, variable.get()], ["inside", "outside"]);
    }));

  it("is copied as it is now: later changes on one side do not show on the other [CTX-06]", () =>
    run(async () => {
      const variable = new ContextVar<string>("variable");
      variable.set("before");
      const copy = copyContext();
      variable.set("after");
      assert.equal(copy.get(variable), "before");
      copy.run(() => variable.set("in the copy"));
      assert.equal(variable.get(), "after");
      const copyOfCopy = copy.copy();
      copy.run(() => variable.set("again"));
      assert.equal(copyOfCopy.get(variable), "in the copy");
    }));

  it("can be looked into [CTX-06]", () =>
    run(async () => {
      const [a, b] = [new ContextVar<number>("a"), new ContextVar<string>("b")];
      const context = new Context();
      assert.equal(context.size, 0);
      context.run(() => a.set(1));
      assert.equal(context.has(a as ContextVar<unknown>), true);
      assert.equal(context.has(b as ContextVar<unknown>), false);
      assert.equal(context.get(b), undefined);
      assert.deepEqual([...context], [[a, 1]]);
      assert.equal(context.size, 1);
    }));

  it("goes back when its function throws [CTX-06]", () =>
    run(async () => {
      const variable = new ContextVar<string>("variable", { default: "outside" });
      const error = new Error("inside");
      assert.throws(
        () =>
          copyContext().run(() => {
            variable.set("inside");
            throw error;
          }),
        error,
      );
      assert.equal(variable.get(), "outside");
    }));

  it("runs functions only [CTX-06]", () =>
    run(async () => {
      assert.throws(() => new Context().run(5 as unknown as () => void), { code: "GYRE_INVALID_ARGUMENT" });
    }));
});
