import { copyContext } from "../core/context.ts";
import { refusedPart } from "./transport/cloneable.ts";

/** The variables of the current context by their names: what can be copied to another thread. Null: there are none. */
export function contextValues(): ReadonlyMap<string, unknown> | null {
  const values = new Map<string, unknown>();
  for (const [variable, value] of copyContext())
    if (refusedPart(value, "") === null) values.set(variable.name, value);
  return values.size === 0 ? null : values;
}
