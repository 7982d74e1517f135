/** Programs of the machine that some tests talk to. */
import { spawnSync } from "node:child_process";
import { it } from "node:test";

type It = (title: string, body: () => Promise<void> | void) => void;

/** `it` for tests that need a program: they are skipped where it is missing. */
export function needing(program: string, wrapped: It): It {
  const version = program === "openssl" ? "version" : "--version";
  if (spawnSync(program, [version]).error === undefined) return wrapped;
  return (title) => void it(title, { skip: `${program} is not on this machine` });
}
