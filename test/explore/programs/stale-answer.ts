import { gather } from "gyre";
import { claim, type Planted, somewhere } from "../planted.ts";

/** A search box shows the answer that came last, though it may be to an earlier question. */
function searches(numbered: boolean): () => Promise<void> {
  return async () => {
    let shown = "";
    let latest = 0;
    const search = async (text: string, delay: number): Promise<void> => {
      const number = ++latest;
      await somewhere(delay); // asks the server
      if (!numbered || number === latest) shown = `results for ${text}`;
    };
    const typing = async (): Promise<void> => {
      const first = search("gy", 3);
      await somewhere(1);
      await gather([() => search("gyre", 4), () => first]);
    };
    await typing();
    claim(shown === "results for gyre", `shows ${shown}`);
  };
}

export const planted: Planted = {
  name: "an answer to an earlier question",
  symptom: /shows results for gy$/m,
  inMain: true,
  broken: searches(false),
  fixed: searches(true),
};
