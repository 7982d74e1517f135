import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { expectedLines, extractExamples, outputProblem } from "../../../scripts/lib/examples.ts";

const FENCE = "```";

function page(...infos: string[]): string {
  return infos.map((info) => `text\n${FENCE}${info}\nlet a;\n${FENCE}`).join("\n");
}

describe("the documentation's examples", () => {
  it("are the ts blocks, each with the line of its code and what is expected of it", () => {
    const found = extractExamples("a.md", page("ts", "ts no-run", "sh", "ts fail-to-compile", "tsx"));
    assert.deepEqual(
      found.map(({ line, expectation }) => [line, expectation]),
      [
        [3, "runs"],
        [7, "compiles"],
        [15, "does not compile"],
      ],
    );
    assert.equal(found[0]?.code, "let a;\n");
  });

  it("lose the indentation of the list that they stand in", () => {
    const [example] = extractExamples("a.md", `- x\n  ${FENCE}ts\n  if (a) {\n    b();\n  }\n  ${FENCE}`);
    assert.equal(example?.code, "if (a) {\n  b();\n}\n");
  });

  it("with an unknown word or without an end are errors", () => {
    assert.throws(() => extractExamples("a.md", page("ts norun")), /a\.md:2: "ts norun" is unknown/);
    assert.throws(
      () => extractExamples("a.md", `\n${FENCE}ts\nlet a;`),
      /a\.md:2: this code block is not closed/,
    );
  });

  it("assert the lines that they print", () => {
    const code = "console.log(1); // => 1\nconsole.log(''); // =>\n// an ordinary comment\n";
    assert.deepEqual(expectedLines(code), ["1", ""]);
    assert.equal(outputProblem(code, "1\n\n"), undefined);
    assert.equal(outputProblem(code, "1\n"), "says that it prints\n    1\n    \nbut prints\n    1");
  });

  it("assert nothing where no comment says what they print", () => {
    assert.equal(outputProblem("console.log(1);", "1\n"), undefined);
  });
});
