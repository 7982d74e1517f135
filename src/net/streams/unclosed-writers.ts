import type { BaseTransport } from "../transports.ts";

const dropped = new FinalizationRegistry<BaseTransport>((transport) => {
  if (transport.isClosing()) return;
  process.emitWarning(
    `A StreamWriter was collected, and nobody had closed it: ${String(transport)} is still open. ` +
      "Call close() when it is no longer needed, or declare it with `await using`.",
    { type: "ResourceWarning", code: "GYRE_UNCLOSED" },
  );
});

/**
 * Warns when a writer is collected whose transport is still open. For debug mode: what is forgotten until the end of the loop is
 * reported there in every mode, and costs nothing before.
 */
export function warnIfNotClosed(writer: object, transport: BaseTransport): void {
  dropped.register(writer, transport);
}
