import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { run, taskGroup } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";

async function loadUser(): Promise<never> {
  throw new TypeError("no such user");
}

async function loadOrders(): Promise<never> {
  throw Object.assign(new Error("orders are down", { cause: new Error("connection reset") }), {
    code: "EDOWN",
  });
}

async function loadParts(): Promise<void> {
  await taskGroup(async (group) => {
    group.createTask(async () => {
      throw "just text";
    });
  });
}

async function showPage(): Promise<void> {
  await taskGroup(async (group) => {
    group.createTask(loadUser);
    group.createTask(loadOrders);
    group.createTask(loadParts);
  });
}

describeOnLoops("the error of a group, printed", ({ it: onLoop, run: runOnLoop }) => {
  const printed = async (): Promise<string> => {
    try {
      await runOnLoop(showPage);
    } catch (error) {
      return inspect(error);
    }
    throw new Error("the page was shown");
  };

  onLoop("shows every error with its message and its place, nested ones too [EXC-08 TG-06]", async () => {
    const text = await printed();
    for (const expected of ["TypeError: no such user", "Error: orders are down", "just text"]) {
      assert.ok(text.includes(expected), `${expected} is missing in\n${text}`);
    }
    assert.match(text, /at .*loadUser .*printed-errors/);
    assert.match(text, /at .*loadOrders .*printed-errors/);
  });

  onLoop("shows the cause of an error, and its own properties [EXC-08]", async () => {
    const text = await printed();
    assert.match(text, /connection reset/);
    assert.match(text, /EDOWN/);
  });

  onLoop("shows which function of the program ran the group [EXC-08]", async () => {
    assert.match(await printed(), /at async (?:\w+\.)?showPage /);
  });

  onLoop("shows the group first, and its errors indented below it [EXC-08]", async () => {
    const lines = (await printed()).split("\n");
    assert.match(lines[0] ?? "", /^ExceptionGroup: 3 /);
    const nested = lines.filter((line) => /no such user|orders are down|ExceptionGroup: 1 /.test(line));
    assert.equal(nested.length, 3);
    for (const line of nested) assert.match(line, /^ +\S/);
    const depth = (pattern: RegExp) => lines.find((line) => pattern.test(line))?.search(/\S/) ?? -1;
    assert.ok(depth(/just text/) > depth(/no such user/), "the inner group is indented more");
  });
});

describe("the error of a group that nobody catches", () => {
  const PAGE = `
    import { run, taskGroup } from "gyre";
    async function loadUser() { throw new TypeError("no such user"); }
    async function loadOrders() { throw new Error("orders are down"); }
    async function showPage() {
      await taskGroup(async (group) => {
        group.createTask(loadUser);
        group.createTask(loadOrders);
      });
    }`;

  it("ends the program with every error on the screen [EXC-08]", async () => {
    for (const start of ["await run(showPage);", "void run(showPage);", "void showPage();"]) {
      const { code, stderr } = await runProgram(`${PAGE}\n${start}`);
      assert.notEqual(code, 0, start);
      assert.match(stderr, /TypeError: no such user\n\s+at .*loadUser/, start);
      assert.match(stderr, /[Ee]rror: orders are down\n\s+at .*loadOrders/, start);
    }
  });

  it("reads the same through console.error [EXC-08]", async () => {
    const { stderr } = await runProgram(
      `${PAGE}\nawait run(showPage).catch((error) => console.error(error));`,
    );
    assert.match(stderr, /^ExceptionGroup: 2 .*\n(?:.*\n)*.*no such user\n(?:.*\n)*.*orders are down\n/);
  });

  it("arrives whole at whoever catches what run() throws [EXC-08]", async () => {
    const error = await run(showPage).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof AggregateError);
    assert.equal(error.errors.length, 3);
  });
});
