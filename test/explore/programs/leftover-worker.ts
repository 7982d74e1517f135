import { checkpoint, createTask, gather, Queue } from "gyre";
import { somewhere, type Planted } from "../planted.ts";

function leftovers(joins: boolean): () => Promise<void> {
  return async () => {
    const queue = new Queue<number>();
    const worker = createTask(async () => {
      for await (const _ of queue) await checkpoint();
    });
    await gather([async () => queue.put(1), async () => queue.put(2)]);
    queue.shutdown();
    if (joins) await worker;
    else await somewhere(3);
  };
}

export const planted: Planted = {
  name: "a worker that nobody awaits",
  symptom: /left a task behind/,
  inMain: false,
  broken: leftovers(false),
  fixed: leftovers(true),
};
