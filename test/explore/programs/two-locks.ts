import { checkpoint, gather, Lock } from "gyre";
import { type Planted, somewhere } from "../planted.ts";

function transfers(ordered: boolean): () => Promise<void> {
  return async () => {
    const [a, b] = [new Lock(), new Lock()];
    const transfer = (from: Lock, to: Lock, steps: number) => async () => {
      await somewhere(steps);
      await from.runExclusive(async () => {
        await checkpoint();
        await to.runExclusive(() => checkpoint());
      });
    };
    await gather([transfer(a, b, 0), ordered ? transfer(a, b, 3) : transfer(b, a, 3)]);
  };
}

export const planted: Planted = {
  name: "two locks taken in different order",
  symptom: /Task "(.*)" waits for Lock \d held by Task "(.*)", which waits for Lock \d held by Task "\1"/,
  inMain: true,
  broken: transfers(false),
  fixed: transfers(true),
};
