import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { checkpoint, Context, ContextVar, createTask, run, type Token } from "gyre";
import { guardLeaks } from "../support/leaks.ts";

const variables = ["a", "b", "c"].map((name) => new ContextVar<number>(name));
type Values = Map<ContextVar<number>, number>;

const command = fc.oneof(
  fc.record({
    kind: fc.constant("set" as const),
    context: fc.nat(),
    variable: fc.nat(2),
    value: fc.integer(),
  }),
  fc.record({ kind: fc.constant("copy" as const), context: fc.nat() }),
  fc.record({ kind: fc.constant("reset" as const), context: fc.nat() }),
);

describe("copies of contexts", () => {
  guardLeaks();

  it("share nothing, whatever is set, reset and copied [CTX-06]", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const contexts = [new Context()];
        const models: Values[] = [new Map()];
        const tokens: { token: Token<number>; before: number | undefined }[][] = [[]];
        for (const one of commands) {
          const at = one.context % contexts.length;
          const [context, model, undo] = [contexts[at], models[at], tokens[at]];
          if (context === undefined || model === undefined || undo === undefined) continue;
          if (one.kind === "copy") {
            contexts.push(context.copy());
            models.push(new Map(model));
            tokens.push([]);
          } else if (one.kind === "set") {
            const variable = variables[one.variable];
            if (variable === undefined) continue;
            undo.push({ token: context.run(() => variable.set(one.value)), before: model.get(variable) });
            model.set(variable, one.value);
          } else {
            const last = undo.pop();
            if (last === undefined) continue;
            const { variable } = last.token;
            context.run(() => variable.reset(last.token));
            if (last.before === undefined) model.delete(variable);
            else model.set(variable, last.before);
          }
          for (const [index, own] of contexts.entries()) {
            assert.deepEqual(new Map(own), models[index] as Map<unknown, unknown>);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("keep the tasks of a tree apart, however they interleave [CTX-01]", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 }), (pauses) =>
        run(async () => {
          const variable = new ContextVar<string>("path", { default: "" });
          const node = async (path: string, rest: readonly number[]): Promise<void> => {
            assert.equal(variable.get(), path.slice(0, -1));
            variable.set(path);
            const children =
              rest.length === 0
                ? []
                : ["l", "r"].map((side) => createTask(() => node(path + side, rest.slice(3))));
            for (let pause = rest[0] ?? 0; pause > 0; pause--) await checkpoint();
            assert.equal(variable.get(), path);
            for (const child of children) await child;
            assert.equal(variable.get(), path);
          };
          await createTask(() => node("x", pauses));
          assert.equal(variable.get(), "");
        }),
      ),
      { numRuns: 40 },
    ));
});
