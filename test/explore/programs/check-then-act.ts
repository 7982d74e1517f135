import { checkpoint, gather, Lock } from "gyre";
import { claim, somewhere, type Planted } from "../planted.ts";

function withdrawals(guarded: boolean): () => Promise<void> {
  return async () => {
    const lock = new Lock();
    let balance = 10;
    const withdraw = async (): Promise<void> => {
      if (balance < 10) return;
      await checkpoint();
      balance -= 10;
    };
    const guard = (steps: number) => async () => {
      await somewhere(steps);
      await (guarded ? lock.runExclusive(withdraw) : withdraw());
    };
    await gather([guard(0), guard(2)]);
    claim(balance >= 0, "overdrawn");
  };
}

export const planted: Planted = {
  name: "check, then act",
  symptom: /overdrawn/,
  inMain: true,
  broken: withdrawals(false),
  fixed: withdrawals(true),
};
