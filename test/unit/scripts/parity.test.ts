import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { firstDifference, scenarioNames } from "../../../scripts/lib/parity.ts";
import { parseSections } from "../../../scripts/lib/sections.ts";

describe("the parity files", () => {
  it("have sections of lines under headings", () => {
    const sections = parseSections("== one [A-01]\na\n\nb\n== two [A-02]\n");
    assert.deepEqual(
      [...sections],
      [
        ["one [A-01]", ["a", "", "b"]],
        ["two [A-02]", []],
      ],
    );
    assert.throws(() => parseSections("stray\n== one\n"), /before the first heading: stray/);
  });

  it("name their scenarios in both languages", () => {
    const name = 'a "b" [A-01]';
    const text = JSON.stringify(name);
    assert.deepEqual(scenarioNames(`@scenario(${text})\nasync def _(print):`, "py"), [name]);
    assert.deepEqual(scenarioNames(`scenario(${text}, f);\nscript(\n  "c",\n  g);`, "ts"), [name, "c"]);
  });

  it("are compared line by line", () => {
    assert.equal(firstDifference("a\nb\n", "a\nb\n"), undefined);
    assert.equal(firstDifference("a\nb\n", "a\nc\n"), 'line 2: stored "b", CPython now prints "c"');
    assert.equal(firstDifference("a", "a\nb"), 'line 2: stored undefined, CPython now prints "b"');
  });
});
