import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import * as gyre from "gyre";
import { fromRoot } from "../../../scripts/lib/paths.ts";

interface Row {
  readonly line: number;
  readonly names: readonly string[];
  readonly planned: boolean;
}

const rows = readRows(readFileSync(fromRoot("docs/from-python.md"), "utf8"));
const exported = new Set(
  ["index", "lowlevel", "selectors", "socket", "testing"].flatMap((entry) =>
    exportsOf(readFileSync(fromRoot(`src/${entry}.ts`), "utf8")),
  ),
);

/** The rows of all tables with a column for gyre: the names that its code spans begin with. */
function readRows(page: string): Row[] {
  const tables = page.slice(page.indexOf("## Name by name"));
  const firstLine = page.split("\n").length - tables.split("\n").length + 1;
  return tables.split("\n").flatMap((text, index) => {
    const cells = /^\|(.*)\|(.*)\|(.*)\|$/.exec(text);
    if (cells === null || cells[1]?.trim() === "asyncio" || cells[1]?.startsWith("--")) return [];
    const [, , ours = "", remarks = ""] = cells;
    const named = [...ours.matchAll(/`([A-Za-z][\w.]*)/g)];
    const line = firstLine + index;
    return [
      { line, names: named.map((match) => match[1] ?? ""), planned: remarks.trim().startsWith("planned") },
    ];
  });
}

/** What a file exports by name, the types included. */
function exportsOf(source: string): string[] {
  return [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = ""]) =>
    list
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== ""),
  );
}

/** An object of each kind whose methods the tables name as `kind.method`. */
function instances(): Readonly<Record<string, object>> {
  const task = gyre.createTask(() => gyre.sleep(0));
  return {
    loop: gyre.getRunningLoop(),
    future: new gyre.Future(),
    runner: new gyre.Runner(),
    group: new gyre.TaskGroup(),
    task,
    queue: new gyre.Queue(),
  };
}

function exists(name: string, objects: Readonly<Record<string, object>>): boolean {
  const [kind = "", method] = name.split(".");
  if (method === undefined) return exported.has(name);
  const object = objects[kind];
  return object !== undefined && method in object;
}

describe("the tables of docs/from-python.md", () => {
  it("name every export", () => {
    const named = new Set(rows.flatMap((row) => row.names));
    const missing = [...exported].filter((name) => !named.has(name));
    assert.deepEqual(missing, [], "exported, but not in the tables");
  });

  it("name nothing that does not exist, unless it is planned", () => {
    const objects = instances();
    const problems = rows
      .filter((row) => !row.planned)
      .flatMap((row) =>
        row.names.filter((name) => !exists(name, objects)).map((name) => `line ${row.line}: ${name}`),
      );
    assert.deepEqual(problems, [], "not marked as planned, but gyre has no such thing");
  });

  it("call nothing planned that is here", () => {
    const objects = instances();
    const problems = rows
      .filter((row) => row.planned)
      .flatMap((row) =>
        row.names.filter((name) => exists(name, objects)).map((name) => `line ${row.line}: ${name}`),
      );
    assert.deepEqual(problems, [], "marked as planned, but here");
  });

  it("find names in the tables at all", () => {
    assert.ok(rows.length > 50);
    assert.ok(rows.some((row) => row.names.includes("loop.callSoon")));
  });
});
