import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { startExample } from "./start.ts";

describe("the hashes of a folder", () => {
  it("are computed by as many processes as wanted, in the order of the files", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gyre-hashes-"));
    try {
      mkdirSync(join(folder, "deeper"));
      const files = ["a", "b", "deeper/c", "deeper/d"].map((name) => join(folder, name));
      for (const file of files) writeFileSync(file, file.repeat(1000));
      const expected = files.map(
        (file) => `${createHash("sha256").update(file.repeat(1000)).digest("hex")}  ${file}\n`,
      );
      for (const workers of ["1", "3"]) {
        const { code, stdout, stderr } = await startExample("hashes.ts", [folder, "--workers", workers])
          .ended;
        assert.deepEqual([code, stderr, stdout], [0, "", expected.join("")]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("say what is wrong with their options", async () => {
    const { code, stderr } = await startExample("hashes.ts", [".", "--workers", "0"]).ended;
    assert.equal(code, 2);
    assert.match(stderr, /whole number/);
  });
});
