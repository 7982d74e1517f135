import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { optionalPackage } from "#gyre/executors/optional-package.js";

describe("an optional package", () => {
  it("is loaded when it is there", () => {
    assert.equal(typeof optionalPackage("node:path", "Paths need"), "object");
  });

  it("is named by the error when it is missing, with what to do [EXE-02]", () => {
    assert.throws(() => optionalPackage("no-such-package", "Worker threads need"), {
      code: "GYRE_NOT_SUPPORTED",
      message: /^Worker threads need the package no-such-package, .*npm install no-such-package/,
    });
  });
});
