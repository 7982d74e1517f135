const LOST_WRITES_BEFORE_WARNING = 5;

/** How often somebody wrote to what is closed: beside the transports, since hardly any of them comes to that. */
const counts = new WeakMap<object, number>();

/** Warns about a protocol that goes on writing to a connection that is lost. */
export function noteLostWrite(transport: object): void {
  const count = (counts.get(transport) ?? 0) + 1;
  counts.set(transport, count);
  if (count < LOST_WRITES_BEFORE_WARNING) return;
  process.emitWarning("A protocol goes on writing to a connection that is lost. Stop at connectionLost().", {
    type: "LostConnectionWarning",
    code: "GYRE_TRANSPORT_CLOSED",
  });
}
