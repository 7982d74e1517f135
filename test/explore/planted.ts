/** Programs with a planted bug that only some orders show, each beside a twin without it: one file each in `programs/`. */
import { checkpoint } from "gyre";

export interface Planted {
  readonly name: string;
  /** What the failure says. */
  readonly symptom: RegExp;
  /** Whether main itself fails; else something is wrong around it. */
  readonly inMain: boolean;
  readonly broken: () => Promise<void>;
  readonly fixed: () => Promise<void>;
}

export function claim(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** Takes some turns: for work whose length nobody knows. */
export async function somewhere(steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) await checkpoint();
}
