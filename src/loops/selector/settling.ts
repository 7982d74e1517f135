const LAST_THAT_SETTLES = 24; // 20, 22 and 24 were tried, and 26, which does not
const major = Number.parseInt(process.versions.node, 10);

/**
 * Lets promises go on after a call by koffi, during which this is called. Up to Node 24 the host does so by itself; in Node 26 what was settled in such a
 * call would wait for the next one that the host makes, perhaps for ever. An immediate is one, and comes in the same round.
 */
export const settleAfterCall: () => void =
  major <= LAST_THAT_SETTLES ? () => undefined : () => void setImmediate(() => undefined);
