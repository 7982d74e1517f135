/** The certificates of the tests, made by `certificates/make.sh`. */
import { readFileSync } from "node:fs";
import { fromRoot } from "../../scripts/lib/paths.ts";

/** - `server`: for localhost, 127.0.0.1 and ::1; `stranger`: the same, but of an authority that nobody trusts */
type Name = "authority" | "server" | "client" | "elsewhere" | "expired" | "stranger";

/** For programs that want a file. */
export function certificateFile(name: Name): string {
  return fromRoot(`test/support/certificates/${name}.pem`);
}

/** A certificate and its key, for the option `ssl`. */
export function identity(name: Exclude<Name, "authority">): { readonly cert: string; readonly key: string } {
  const pem = readFileSync(certificateFile(name), "utf8");
  return { cert: pem, key: pem };
}

/** What tests trust: the option `ca`. */
export const authority = readFileSync(certificateFile("authority"), "utf8");
