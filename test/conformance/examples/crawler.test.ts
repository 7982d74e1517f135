import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { startExample } from "./start.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "gyre-crawler-"));
const QUICK = ["--concurrency", "32", "--latency", "4", "--timeout", "1000"];

after(() => rmSync(FOLDER, { recursive: true }));

function linksIn(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}

function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text);
  assert.ok(found, `${pattern} is not in:\n${text}`);
  return Number(found[1]);
}

describe("the crawler", () => {
  it("visits every page that can be reached, and cancels those that never end", async () => {
    const out = join(FOLDER, "all.tsv");
    const { code, stdout, stderr } = await startExample("crawler/main.ts", [...QUICK, "--out", out]).ended;
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const pages = numberIn(stdout, /Crawling (\d+) pages/);
    const lost = numberIn(stdout, /not found +(\d+)/);
    const cancelled = numberIn(stdout, /timed out +(\d+)/);
    assert.equal(
      numberIn(stdout, /Done: (\d+) pages/),
      pages,
      "every page of README and docs is linked, and no more",
    );
    assert.ok(lost > 0 && cancelled > 0);
    assert.equal(numberIn(stdout, /the site saw (\d+) clients go/), cancelled);
    for (const outcome of ["ok", "moved", "server error", "connection lost"]) {
      assert.ok(numberIn(stdout, new RegExp(`${outcome} +(\\d+)`)) > 0, outcome);
    }
    const links = linksIn(out);
    assert.equal(links.length, numberIn(stdout, /Links +(\d+) written/));
    assert.ok(links.every((link) => /^http:\S+\thttps?:\S+$/.test(link)));
  });

  it("ends at once on Ctrl-C, with what was found so far written and counted", async () => {
    const out = join(FOLDER, "some.tsv");
    const example = startExample("crawler/main.ts", ["--concurrency", "4", "--out", out]);
    while (linksIn(out).length < 100 && example.child.exitCode === null) await setTimeout(10);
    const pressed = performance.now();
    example.interrupt();
    const { code, stdout, stderr } = await example.ended;
    assert.ok(performance.now() - pressed < 1000, "takes a second to end");
    assert.equal(stderr, "");
    assert.equal(code, 130);
    assert.ok(numberIn(stdout, /Stopped: (\d+) pages/) < numberIn(stdout, /Crawling (\d+) pages/));
    assert.equal(numberIn(stdout, /(\d+) requests were cancelled in flight/), 4);
    assert.equal(linksIn(out).length, numberIn(stdout, /Links +(\d+) written/));
  });
});
