import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkLayers, layerOf } from "../../../scripts/lib/layers.ts";

function problems(files: Record<string, string>): string[] {
  return checkLayers(new Map(Object.entries(files)));
}

const EMPTY = "export {};";

describe("the layer check", () => {
  it("accepts imports downwards and within a folder", () => {
    const files = {
      "index.ts": 'export { run } from "./tasks/run.ts";\nexport { open } from "./loops/registry.ts";',
      "tasks/run.ts": 'import { a } from "../core/a.ts";\nimport { b } from "./b.ts";',
      "tasks/b.ts": EMPTY,
      "core/a.ts": 'import { AsyncLocalStorage } from "node:async_hooks";',
      "loops/registry.ts": 'import { n } from "./node/n.ts";\nconst lazy = () => import("./virtual/v.ts");',
      "loops/node/n.ts": 'import { a } from "../../core/a.ts";',
      "loops/virtual/v.ts": EMPTY,
    };
    assert.deepEqual(problems(files), []);
  });

  it("names file, line and rule of an import upwards", () => {
    const files = { "core/a.ts": '\nimport {\n  b,\n} from "../tasks/b.ts";', "tasks/b.ts": EMPTY };
    assert.deepEqual(problems(files), ["src/core/a.ts:2: core may not import tasks, only nothing"]);
  });

  it("keeps I/O out of the core, and packages out of all but native and executors", () => {
    const files = { "core/a.ts": 'import net from "node:net";', "tasks/b.ts": 'import koffi from "koffi";' };
    assert.deepEqual(problems(files), [
      "src/core/a.ts:1: core may not import node:net",
      "src/tasks/b.ts:1: tasks may not import koffi",
    ]);
    assert.deepEqual(problems({ "native/libc.ts": 'import koffi from "koffi";' }), []);
  });

  it("lets the registry load drivers other than the default only on demand", () => {
    const files = { "loops/registry.ts": 'import "./selector/s.ts";', "loops/selector/s.ts": EMPTY };
    assert.deepEqual(problems(files), [
      "src/loops/registry.ts:1: loops/selector is loaded on demand: import it with import()",
    ]);
  });

  it("lets the default loop know the types of what it loads on demand", () => {
    const selector = { "loops/selector/s.ts": EMPTY };
    const types = 'import type { S } from "../selector/s.ts";';
    assert.deepEqual(problems({ "loops/node/n.ts": types, ...selector }), []);
    assert.equal(problems({ "loops/node/n.ts": 'import "../selector/s.ts";', ...selector }).length, 1);
  });

  it("keeps drivers from everybody else", () => {
    const driver = { "loops/node/n.ts": EMPTY };
    for (const path of ["tasks/run.ts", "net/server.ts", "loops/virtual/v.ts"]) {
      const up = "../".repeat(path.split("/").length - 1);
      assert.equal(problems({ [path]: `import "${up}loops/node/n.ts";`, ...driver }).length, 1, path);
    }
  });

  it("lets only the selector loop, selectors and sockets at the native layer", () => {
    const native = { "native/libc.ts": EMPTY };
    assert.equal(problems({ "net/server.ts": 'import "../native/libc.ts";', ...native }).length, 1);
    assert.deepEqual(problems({ "sockets/socket.ts": 'import "../native/libc.ts";', ...native }), []);
  });

  it("finds cycles, but not those of type imports", () => {
    const loop = (first: string): string[] =>
      problems({ "core/a.ts": `${first} { b } from "./b.ts";`, "core/b.ts": 'import { a } from "./a.ts";' });
    assert.deepEqual(loop("import"), ["src/core/a.ts: import cycle: core/a.ts -> core/b.ts -> core/a.ts"]);
    assert.deepEqual(loop("import type"), []);
  });

  it("ignores imports in comments", () => {
    assert.deepEqual(problems({ "core/a.ts": '/*\nimport "node:net";\n*/\n// import "node:net";' }), []);
  });

  it("reports what is missing or has no rule", () => {
    assert.deepEqual(problems({ "core/a.ts": 'import "./b.ts";' }), [
      "src/core/a.ts:1: there is no src/core/b.ts",
    ]);
    assert.deepEqual(
      problems({ "odd/a.ts": 'import "../core/b.ts";', "core/b.ts": EMPTY }),
      ["src/odd has no rule in scripts/lib/layers.ts"].map((text) => `src/odd/a.ts:1: ${text}`),
    );
  });

  it("tells the layer of a path", () => {
    assert.equal(layerOf("core/future.ts"), "core");
    assert.equal(layerOf("loops/node/driver.ts"), "loops/node");
    assert.equal(layerOf("loops/registry.ts"), "loops/registry");
    assert.equal(layerOf("selectors.ts"), "selectors");
    assert.equal(layerOf("index.ts"), undefined);
  });
});
