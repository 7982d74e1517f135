import { checkpoint, gather, Lock } from "gyre";
import { claim, type Planted, somewhere } from "../planted.ts";

/** An audit looks at the accounts while a transfer is half done. */
function audits(locks: boolean): () => Promise<void> {
  return async () => {
    const lock = new Lock();
    const accounts = { giro: 100, savings: 0 };
    const transfer = async (): Promise<void> => {
      accounts.giro -= 30;
      await checkpoint();
      accounts.savings += 30;
    };
    const audit = async (): Promise<void> => {
      const giro = accounts.giro;
      await checkpoint();
      claim(giro + accounts.savings === 100, "the sum is wrong");
    };
    const guarded = (steps: number, work: () => Promise<void>) => async () => {
      await somewhere(steps);
      await (locks ? lock.runExclusive(work) : work());
    };
    await gather([guarded(0, transfer), guarded(3, audit)]);
  };
}

export const planted: Planted = {
  name: "a torn read",
  symptom: /the sum is wrong/,
  inMain: true,
  broken: audits(false),
  fixed: audits(true),
};
