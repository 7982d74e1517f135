import { checkpoint, createTask, gather, Semaphore } from "gyre";
import { type Planted, somewhere } from "../planted.ts";

/** Somebody may be cancelled between `acquire` and `release`. */
function lostPermits(releases: boolean): () => Promise<void> {
  return async () => {
    const semaphore = new Semaphore(1);
    const user = createTask(async () => {
      await semaphore.acquire();
      if (releases) {
        try {
          await somewhere(2);
        } finally {
          semaphore.release();
        }
      } else {
        await somewhere(2); // a cancellation keeps the permit for ever
        semaphore.release();
      }
    });
    const cancel = async (): Promise<void> => {
      await somewhere(4);
      user.cancel();
    };
    await gather([user, cancel], { returnExceptions: true });
    await semaphore.runExclusive(() => checkpoint());
  };
}

export const planted: Planted = {
  name: "a permit that a cancellation keeps",
  symptom: /waits for a permit of Semaphore 1/,
  inMain: true,
  broken: lostPermits(false),
  fixed: lostPermits(true),
};
