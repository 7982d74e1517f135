import { checkpoint, Event, gather } from "gyre";
import { somewhere, type Planted } from "../planted.ts";

function flags(rechecks: boolean): () => Promise<void> {
  return async () => {
    const items: number[] = [];
    const arrived = new Event();
    const consume = async (): Promise<void> => {
      while (items.length === 0) {
        if (rechecks) arrived.clear();
        await checkpoint();
        if (!rechecks) arrived.clear(); // loses what arrived a moment ago
        else if (items.length > 0) break;
        await arrived.wait();
      }
    };
    const produce = async (): Promise<void> => {
      await somewhere(1);
      items.push(1);
      arrived.set();
    };
    await gather([consume, produce]);
  };
}

export const planted: Planted = {
  name: "a lost wake-up",
  symptom: /waits for Event 1 \(unset/,
  inMain: true,
  broken: flags(false),
  fixed: flags(true),
};
