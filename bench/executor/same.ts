/** What workers without gyre do: a thread of piscina's by the export, a child process by messages. */
export default (value: number): number => value;

process.on("message", (value: number) => process.send?.(value));
process.on("disconnect", () => process.exit());
