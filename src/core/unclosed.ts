/** Warnings about what was dropped without being closed (row LOOP-11). */

const collected = new FinalizationRegistry<string>((description) => {
  process.emitWarning(
    `${description} was collected, and nobody had closed it. Call close() when it is no longer needed.`,
    {
      type: "ResourceWarning",
      code: "GYRE_UNCLOSED",
    },
  );
});

/** Warns when `resource` is collected, unless the function that is returned was called before. */
export function warnIfCollected(resource: object): () => void {
  const token = {};
  collected.register(resource, `A ${resource.constructor.name}`, token);
  return () => collected.unregister(token);
}
