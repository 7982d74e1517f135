import { checkpoint, gather, Queue } from "gyre";
import { claim, type Planted } from "../planted.ts";

const ITEMS = 40;
const MEMORY = 16; // items that there is room for

/** A reader that passes on what it reads, without asking whether anybody keeps up. */
function pipeline(bounded: boolean): () => Promise<void> {
  return async () => {
    const queue = new Queue<number>(bounded ? 4 : 0);
    const read = async (): Promise<void> => {
      for (let item = 0; item < ITEMS; item++) {
        await queue.put(item);
        claim(queue.qsize() <= MEMORY, `${queue.qsize()} items are kept`);
        await checkpoint();
      }
      queue.shutdown();
    };
    const write = async (): Promise<void> => {
      for await (const _ of queue) await checkpoint();
    };
    await gather([read, write]);
  };
}

export const planted: Planted = {
  name: "an unbounded queue",
  symptom: /17 items are kept/,
  inMain: true,
  broken: pipeline(false),
  fixed: pipeline(true),
};
