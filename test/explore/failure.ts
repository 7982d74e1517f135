import { ExplorationError } from "gyre/testing";

export async function failureOf(exploring: Promise<unknown>): Promise<ExplorationError> {
  try {
    await exploring;
  } catch (error) {
    if (error instanceof ExplorationError) return error;
    throw error;
  }
  throw new Error("explore() found nothing");
}
