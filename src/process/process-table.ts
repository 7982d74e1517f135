/** Who descends from whom, as far as the system tells: Linux does, through /proc. */

import { readdirSync, readFileSync } from "node:fs";

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** When it started, in the system's ticks: tells it from a later process of the same number. */
  readonly started: number;
  /** Ended, and not yet asked after by its parent. */
  readonly zombie: boolean;
}

export type ProcessTable = ReadonlyMap<number, ProcessEntry>;

const FRESH = 10; // ms: many trees that are ended at once share a look
const FIELD = { state: 0, parent: 1, group: 2, session: 3, started: 19 }; // after the name, which may hold anything

interface Look {
  readonly table: ProcessTable | null;
  readonly begun: number;
  /** When the next look may be had. */
  readonly stale: number;
}

let last: Look | null = null;

/**
 * All processes, or null where the system does not tell.
 *
 * @param since - the table must not be older than this moment, on the clock of `performance`
 */
export function readProcessTable(since: number): ProcessTable | null {
  const begun = performance.now();
  if (last === null || last.begun < since || begun > last.stale) {
    const table = readAll();
    const end = performance.now();
    // Where there are thousands of processes, at least half of the time is left for other things.
    last = { table, begun, stale: end + Math.max(FRESH, end - begun) };
  }
  return last.table;
}

function readAll(): ProcessTable | null {
  if (process.platform !== "linux") return null;
  const table = new Map<number, ProcessEntry>();
  try {
    for (const name of readdirSync("/proc")) {
      const pid = Number(name);
      const entry = Number.isInteger(pid) ? readEntry(pid) : null;
      if (entry !== null) table.set(pid, entry);
    }
  } catch {
    return null; // no /proc, or no descriptor left to read it with
  }
  return table.size === 0 ? null : table;
}

function readEntry(pid: number): ProcessEntry | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    const number = (index: number): number => Number(fields[index]);
    return {
      pid,
      parent: number(FIELD.parent),
      group: number(FIELD.group),
      session: number(FIELD.session),
      started: number(FIELD.started),
      zombie: fields[FIELD.state] === "Z" || fields[FIELD.state] === "X",
    };
  } catch {
    return null; // it has ended meanwhile
  }
}
