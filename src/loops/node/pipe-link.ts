import { RuntimeError } from "../../core/errors.ts";
import type { Link } from "../../net/driver.ts";

export function openPipe(_pipe: unknown, _direction: "read" | "write"): Link {
  throw new RuntimeError("GYRE_NOT_SUPPORTED", "openPipe");
}
