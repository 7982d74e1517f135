/** What an async function can wait for without any library. */
let waiting: (() => void)[] = [];

/** Done on the host's next turn: all who wait share one setImmediate, as a careful program would have it. */
export function hostTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(onHostTurn);
  });
}

function onHostTurn(): void {
  const resolvers = waiting;
  waiting = [];
  for (const resolve of resolvers) resolve();
}

export const settled = Promise.resolve();

export async function childOfTurn(i: number): Promise<number> {
  await hostTurn();
  return i;
}

export async function childOfMicrotask(i: number): Promise<number> {
  await settled;
  return i;
}
