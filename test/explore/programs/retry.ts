import { checkpoint, createTask, Event } from "gyre";
import { claim, somewhere, type Planted } from "../planted.ts";

function spendings(idempotent: boolean): () => Promise<void> {
  return async () => {
    const spent = new Map<string, number>();
    const server = async (id: string): Promise<void> => {
      await somewhere(3);
      spent.set(id, idempotent ? 1 : (spent.get(id) ?? 0) + 1);
    };
    const answered = new Event();
    const client = async (): Promise<void> => {
      const first = createTask(() => server("order").then(() => answered.set()));
      for (let turn = 0; turn < 4 && !answered.isSet(); turn++) await checkpoint();
      if (!answered.isSet()) await server("order"); // it took too long: once more
      await first;
    };
    await client();
    claim(spent.get("order") === 1, "spent twice");
  };
}

export const planted: Planted = {
  name: "a retry that spends twice",
  symptom: /spent twice/,
  inMain: true,
  broken: spendings(false),
  fixed: spendings(true),
};
