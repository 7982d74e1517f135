import { sleep } from "../../../tasks/sleep.ts";
import type { CheckContext } from "../check.ts";

/** Looks again and again until something is true, for what nobody tells. If it never is, the check hangs, and says so. */
export async function until(
  { waits }: CheckContext,
  what: string | (() => string),
  satisfied: () => boolean,
): Promise<void> {
  const look = async (): Promise<void> => {
    while (!satisfied()) await sleep(1);
  };
  await waits.during(what, look());
}
