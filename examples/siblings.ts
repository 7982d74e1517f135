/** Three parts of one page. When one fails, its siblings stop, and nothing runs on behind the error. */

import { ExceptionGroup, isCancelled, run, sleep, taskGroup } from "gyre";

async function load(part: string, milliseconds: number): Promise<string> {
  console.log(`${part}: asked for`);
  try {
    await sleep(milliseconds); // a query, a request
    if (part === "prices") throw new Error("the price list is gone");
    return part;
  } catch (error) {
    if (isCancelled(error)) console.log(`${part}: stopped, nobody needs it any more`);
    throw error;
  }
}

async function page(): Promise<string> {
  const parts = await taskGroup(async (group) => [
    group.createTask(() => load("article", 20)),
    group.createTask(() => load("prices", 50)),
    group.createTask(() => load("reviews", 60_000)),
  ]);
  return parts.map((part) => part.result()).join(" + ");
}

await run(async () => {
  try {
    console.log(await page());
  } catch (error) {
    if (!(error instanceof ExceptionGroup)) throw error;
    console.log(`no page: ${error.errors.join(", ")}`);
  }
});
