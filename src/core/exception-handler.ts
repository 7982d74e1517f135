/** What happens to an error that no caller can be given. */

import type { EventLoop } from "./event-loop.ts";
import type { Future } from "./future.ts";
import type { Handle } from "./handle.ts";
import { brief } from "./inspect.ts";
import type { Task } from "./task.ts";

/** Python's context dictionary, with camelCase keys. */
export interface ExceptionContext {
  readonly message: string;
  readonly exception?: unknown;
  readonly future?: Future<unknown>;
  readonly task?: Task<unknown>;
  readonly handle?: Handle;
  readonly transport?: unknown;
  readonly protocol?: unknown;
  readonly socket?: unknown;
  /** An async generator that failed to close. */
  readonly asyncgen?: unknown;
  /** In debug mode: where the future, task or handle was created. */
  readonly sourceTraceback?: string;
  /** The report that a custom handler failed to handle. */
  readonly context?: ExceptionContext;
}

export type ExceptionHandler = (loop: EventLoop, context: ExceptionContext) => unknown;

/** The text that the default handler writes: the message, the other keys in order of name, and the error with its stack. */
export function formatExceptionContext(context: ExceptionContext): string {
  const lines = [context.message || "Unhandled exception in event loop"];
  for (const [key, value] of Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (key === "message" || key === "exception" || value === undefined) continue;
    if (key === "sourceTraceback") lines.push("created (innermost call first):", indent(String(value)));
    else if (key === "context")
      lines.push("while handling:", indent(formatExceptionContext(value as ExceptionContext)));
    else lines.push(`${key}: ${String(value)}`);
  }
  if ("exception" in context) lines.push(formatError(context.exception));
  return lines.join("\n");
}

/** An error with its stack, its members and its chain of causes, each shown once. */
function formatError(error: unknown, shown: ReadonlySet<unknown> = new Set()): string {
  if (!(error instanceof Error)) return `exception: ${brief(error)}`;
  if (shown.has(error)) return `${error.name}, as above`;
  const seen = new Set(shown).add(error);
  const members = error instanceof AggregateError ? error.errors : [];
  const parts = [error.stack ?? String(error), ...members.map((member) => indent(formatError(member, seen)))];
  if (error.cause !== undefined) parts.push(`caused by: ${formatError(error.cause, seen)}`);
  return parts.join("\n");
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
