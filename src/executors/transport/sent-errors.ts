/** Errors on their way from a worker: structured clone keeps the message of a few built-in classes, and this keeps the rest. */

import { knownErrorClass, nearestKnownClass } from "./error-classes.ts";

export type SentError =
  | { readonly thrown: unknown }
  | {
      /** The nearest class that both sides have. */
      readonly base: string;
      /** The module that exports its own class, and the name. */
      readonly own: { readonly url: string; readonly name: string } | null;
      readonly name: string;
      readonly message: string;
      readonly stack: string;
      readonly properties: Readonly<Record<string, unknown>>;
      readonly cause: SentError | null;
      readonly errors: readonly SentError[] | null;
    };

const DEEPEST = 8; // of causes and groups: a chain may be a ring

/** Where the module of the job exports its classes. */
export interface Home {
  readonly url: string;
  readonly exports: object;
}

export function packError(error: unknown, home: Home | null, depth = 0): SentError {
  if (!(error instanceof Error)) return { thrown: cloneOr(error, String(error)) };
  const goesOn = depth < DEEPEST;
  return {
    base: error instanceof DOMException ? "DOMException" : nearestKnownClass(error),
    own: home === null ? null : exportOf(error, home),
    name: error.name,
    message: error.message,
    stack: error.stack ?? `${error.name}: ${error.message}`,
    properties: ownProperties(error),
    cause: goesOn && error.cause !== undefined ? packError(error.cause, home, depth + 1) : null,
    errors:
      goesOn && error instanceof AggregateError
        ? error.errors.map((one) => packError(one, home, depth + 1))
        : null,
  };
}

/** The same error on this side. A class of its own is taken from its module, which is imported for that. */
export async function unpackError(sent: SentError): Promise<unknown> {
  const own = new Map<string, object>();
  await importClasses(sent, own);
  return rebuild(sent, own);
}

/** The same at once, without classes of modules. */
export function unpackErrorNow(sent: SentError): unknown {
  return rebuild(sent, new Map());
}

function rebuild(sent: SentError, own: ReadonlyMap<string, object>): unknown {
  if ("thrown" in sent) return sent.thrown;
  const error =
    sent.base === "DOMException" ? new DOMException(sent.message, sent.name) : new Error(sent.message);
  const prototype =
    (sent.own === null ? undefined : own.get(keyOf(sent.own))) ?? knownErrorClass(sent.base)?.prototype;
  if (prototype !== undefined) Object.setPrototypeOf(error, prototype);
  define(error, "stack", sent.stack);
  if (error.name !== sent.name) define(error, "name", sent.name);
  for (const [key, value] of Object.entries(sent.properties))
    Object.defineProperty(error, key, { value, writable: true, enumerable: true, configurable: true });
  if (sent.cause !== null) define(error, "cause", rebuild(sent.cause, own));
  if (sent.errors !== null)
    define(
      error,
      "errors",
      sent.errors.map((one) => rebuild(one, own)),
    );
  return error;
}

async function importClasses(sent: SentError, found: Map<string, object>): Promise<void> {
  if ("thrown" in sent) return;
  if (sent.own !== null && !found.has(keyOf(sent.own))) {
    const prototype = await importedPrototype(sent.own);
    if (prototype !== null) found.set(keyOf(sent.own), prototype);
  }
  if (sent.cause !== null) await importClasses(sent.cause, found);
  for (const one of sent.errors ?? []) await importClasses(one, found);
}

function keyOf({ url, name }: { readonly url: string; readonly name: string }): string {
  return `${url}#${name}`;
}

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false });
}

function exportOf(error: Error, home: Home): { url: string; name: string } | null {
  const found = Object.entries(home.exports).find(([, value]) => value === error.constructor);
  return found === undefined ? null : { url: home.url, name: found[0] };
}

async function importedPrototype({ url, name }: { url: string; name: string }): Promise<object | null> {
  try {
    const module: Record<string, unknown> = await import(url);
    const found = module[name];
    return typeof found === "function" && found.prototype instanceof Error ? found.prototype : null;
  } catch {
    return null; // an error of the right name is better than another error
  }
}

/** What can be sent of them; `cause` and `errors` go their own way. */
function ownProperties(error: Error): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(error)) {
    if (key === "cause" || key === "errors" || key === "stack") continue;
    const copy = cloneOr(value, undefined);
    if (copy !== undefined) properties[key] = copy;
  }
  return properties;
}

function cloneOr(value: unknown, otherwise: unknown): unknown {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return typeof value === "symbol" ? otherwise : value;
  }
  try {
    return structuredClone(value);
  } catch {
    return otherwise;
  }
}
