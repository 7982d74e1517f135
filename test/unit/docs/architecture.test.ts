import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fromRoot } from "../../../scripts/lib/paths.ts";

const page = readFileSync(fromRoot("docs/architecture.md"), "utf8");
const FILE = /`((?:core|tasks|sync|loops)\/[\w/-]+\.ts)`/g;
/** A file and what the page says stands in it: "`core/future.ts` · `then`, `#wait`". */
const MENTION = /`([\w/-]+\.ts)` ·\s+((?:`#?\w+`(?:, )?)+)/g;

describe("docs/architecture.md", () => {
  it("names files that exist", () => {
    const files = [...page.matchAll(FILE)].map((match) => match[1] ?? "");
    assert.ok(files.length > 10);
    assert.deepEqual(
      files.filter((file) => !existsSync(fromRoot(`src/${file}`))),
      [],
    );
  });

  it("names what stands in them", () => {
    const mentions = [...page.matchAll(MENTION)];
    assert.ok(mentions.length > 15);
    const missing = mentions.flatMap(([, file = "", names = ""]) => {
      const source = readFileSync(fromRoot(`src/${file}`), "utf8");
      const found = [...names.matchAll(/`(#?\w+)`/g)].map((match) => match[1] ?? "");
      return found.filter((name) => !source.includes(name)).map((name) => `${file}: ${name}`);
    });
    assert.deepEqual(missing, []);
  });
});
