const HOPS = 4; // async functions that await each other resume one microtask apart; few chains are deeper
const resolved = Promise.resolve();

/** Calls `fn` when async functions whose await was just resolved have, as a rule, run to their next await. */
export function afterSettling(fn: () => void): void {
  let left = HOPS;
  const hop = (): void => {
    if (--left === 0) fn();
    else void resolved.then(hop);
  };
  void resolved.then(hop);
}
