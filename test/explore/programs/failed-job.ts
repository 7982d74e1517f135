import { createTask, gather, taskGroup } from "gyre";
import { somewhere, type Planted } from "../planted.ts";

function failures(grouped: boolean): () => Promise<void> {
  return async () => {
    const fail = async (): Promise<void> => {
      await somewhere(2);
      throw new Error("a job failed");
    };
    if (grouped) {
      await taskGroup((group) => void group.createTask(fail)).catch(() => undefined);
      return;
    }
    const job = createTask(fail);
    await gather([() => somewhere(1), () => somewhere(1)]);
    if (job.done()) job.exception();
  };
}

export const planted: Planted = {
  name: "a failed job that nobody looks at",
  symptom: /a job failed|left a task behind/,
  inMain: false,
  broken: failures(false),
  fixed: failures(true),
};
