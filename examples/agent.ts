/** An agent that thinks and calls tools. Esc stops it in the middle of whatever it does, and no function takes a signal. */

import { createTask, isCancelled, run, sleep } from "gyre";

async function callTool(tool: string): Promise<string> {
  console.log(`  ${tool} …`);
  try {
    await sleep(tool === "search" ? 200 : 60_000); // a request, a query, a process
    return `${tool} has answered`;
  } finally {
    await sleep(10); // say goodbye to the other side
    console.log(`  ${tool} is closed`);
  }
}

async function agent(): Promise<string> {
  const seen: string[] = [];
  for (const tool of ["search", "search", "read everything"]) {
    await sleep(100); // the model thinks
    seen.push(await callTool(tool));
  }
  return `The answer, after ${seen.length} tools`;
}

await run(async () => {
  console.log("Working; press Esc to stop.");
  const work = createTask(agent);
  process.stdin.on("data", (key: Buffer) => {
    if (key[0] === 27 || key[0] === 3) work.cancel(); // Esc; Ctrl-C, which is a key like others in raw mode
  });
  if (process.stdin.isTTY) process.stdin.setRawMode(true);
  try {
    console.log(await work);
  } catch (error) {
    console.log(isCancelled(error) ? "Stopped." : error);
  } finally {
    process.stdin.destroy();
  }
});
