import { sleep } from "gyre";

/** Lets everything that is ready run, and what that wakes. */
export async function settle(turns = 8): Promise<void> {
  for (let i = 0; i < turns; i++) await sleep(0);
}

/** For `assert.throws` and `assert.rejects`: the class and the code, which are the contract. */
export function refusal(type: abstract new (...args: never[]) => Error, code: string) {
  return (error: unknown): boolean => error instanceof type && "code" in error && error.code === code;
}
