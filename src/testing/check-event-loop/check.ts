import type { EventLoop } from "../../core/event-loop.ts";
import type { ExceptionContext } from "../../core/exception-handler.ts";
import type { LoopCapabilities, Need } from "./capabilities.ts";
import type { Waits } from "./waits.ts";

/** What a check works with. */
export interface CheckContext {
  /** Fresh, and closed afterwards. */
  readonly loop: EventLoop;
  readonly capabilities: LoopCapabilities;
  /** To name what is waited for, so that a check that hangs can say where. */
  readonly waits: Waits;
  /** One more loop, closed afterwards too. */
  readonly makeLoop: () => Promise<EventLoop>;
  /** What the loops have reported so far; what a check does not take fails it. */
  readonly takeReports: () => ExceptionContext[];
  /** Gives up: this machine cannot tell. */
  readonly skip: (reason: string) => never;
}

export interface Check {
  /** "topic: what holds" */
  readonly title: string;
  readonly topic: string;
  /** Rows of docs/features.md that depend on this. */
  readonly rows: readonly string[];
  readonly needs: readonly Need[];
  /** `inside`: the loop runs it as its main task; `outside`: it runs the loop itself. */
  readonly side: "inside" | "outside";
  readonly run: (context: CheckContext) => Promise<void>;
}

type Body = (context: CheckContext) => Promise<void>;
type Draft = Omit<Check, "topic">;

/** A check that the loop runs as its main task. */
export function inside(title: string, rows: string, body: Body, ...needs: readonly Need[]): Draft {
  return { title, rows: rows.split(" "), needs, side: "inside", run: body };
}

/** A check that gets a loop which does not run, and runs it. */
export function outside(title: string, rows: string, body: Body, ...needs: readonly Need[]): Draft {
  return { title, rows: rows.split(" "), needs, side: "outside", run: body };
}

/** Checks of one matter, which all need the same. */
export function topic(name: string, needs: readonly Need[], drafts: readonly Draft[]): readonly Check[] {
  return drafts.map((draft) => ({
    ...draft,
    topic: name,
    title: `${name}: ${draft.title}`,
    needs: [...needs, ...draft.needs],
  }));
}
