import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSubprocessExec, createSubprocessShell } from "gyre";
import { runVirtual } from "gyre/testing";

describe("a loop with a clock of its own", () => {
  it("refuses real processes", () =>
    runVirtual(async () => {
      await assert.rejects(createSubprocessExec("true"), { code: "GYRE_NOT_SUPPORTED" });
      await assert.rejects(createSubprocessShell("true"), { code: "GYRE_NOT_SUPPORTED" });
    }));
});
