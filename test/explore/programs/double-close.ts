import { checkpoint, gather } from "gyre";
import { claim, somewhere, type Planted } from "../planted.ts";

function closings(remembers: boolean): () => Promise<void> {
  return async () => {
    let closes = 0;
    let closed = false;
    const close = async (): Promise<void> => {
      if (closed) return;
      if (remembers) closed = true;
      await checkpoint(); // flushes
      closed = true;
      closes++;
    };
    await gather([close, () => somewhere(2).then(close)]);
    claim(closes === 1, `closed ${closes} times`);
  };
}

export const planted: Planted = {
  name: "a double close",
  symptom: /closed 2 times/,
  inMain: true,
  broken: closings(false),
  fixed: closings(true),
};
