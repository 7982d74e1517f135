import type { FileHandle } from "node:fs/promises";

/** The host does not export the class. */
export function isFileHandle(value: unknown): value is FileHandle {
  return (
    typeof value === "object" &&
    value !== null &&
    "fd" in value &&
    typeof value.fd === "number" &&
    "datasync" in value &&
    "close" in value
  );
}
