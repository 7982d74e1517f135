/** A child and its descendants, to be signalled together. */

import { hasCode } from "../core/error-codes.ts";
import { type ProcessEntry, type ProcessTable, readProcessTable } from "./process-table.ts";
import type { SignalTarget } from "./signal-target.ts";

/**
 * The processes that came from a child which leads a session of its own: its session, its group, its descendants, and theirs,
 * even those that made groups or sessions of their own. Only who does so and also loses his parent before anybody looks is not
 * found, as a daemon is.
 */
export class ProcessTree implements SignalTarget {
  readonly #pid: number;
  /** What was seen before this moment is out of date: its start, or the last signal to it. */
  #changed = performance.now();
  /** Those that were seen, by when they started. */
  readonly #known = new Map<number, number>();
  #reaped = false;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** The child itself was reaped: its number may be given to somebody else once its group is empty. */
  noteReaped(): void {
    this.#reaped = true;
  }

  /** Whether any of them lives. */
  alive(): boolean {
    const table = readProcessTable(this.#changed);
    return table === null ? this.#groupExists() : this.#members(table).some(({ zombie }) => !zombie);
  }

  /** Sends signals to all of them. */
  signal(...signals: readonly number[]): void {
    const table = readProcessTable(this.#changed);
    this.#changed = performance.now();
    if (table === null) {
      if (this.#groupExists()) send(-this.#pid, signals);
      return;
    }
    const members = this.#members(table).filter(({ zombie }) => !zombie);
    // The group takes whoever was forked since the table was read.
    if (!this.#reaped || members.some(({ group }) => group === this.#pid)) send(-this.#pid, signals);
    for (const { pid, group } of members) if (group !== this.#pid) send(pid, signals);
  }

  #groupExists(): boolean {
    if (this.#reaped && exists(this.#pid)) return false; // somebody else has the number: the system gives it to nobody else before the group is empty
    return exists(-this.#pid);
  }

  #members(table: ProcessTable): ProcessEntry[] {
    this.#forgetDead(table);
    const foreign = this.#reaped && table.has(this.#pid);
    const family = new Family(foreign ? null : this.#pid);
    for (const pid of this.#known.keys()) {
      const entry = table.get(pid);
      if (entry !== undefined) family.add(entry);
    }
    family.gather(table);
    for (const { pid, started } of family.members) this.#known.set(pid, started);
    return family.members;
  }

  #forgetDead(table: ProcessTable): void {
    for (const [pid, started] of this.#known)
      if (table.get(pid)?.started !== started) this.#known.delete(pid);
  }
}

/** Those who are found at one look, by their sessions and parents. */
class Family {
  readonly #found = new Map<number, ProcessEntry>();
  readonly #sessions = new Set<number>();

  /** @param session - null: it is somebody else's by now */
  constructor(session: number | null) {
    if (session !== null) this.#sessions.add(session);
  }

  get members(): ProcessEntry[] {
    return [...this.#found.values()];
  }

  add(entry: ProcessEntry): void {
    this.#found.set(entry.pid, entry);
    if (entry.session === entry.pid) this.#sessions.add(entry.pid);
  }

  /** Looks as long as the looking finds more. */
  gather(table: ProcessTable): void {
    for (let before = -1; before < this.#found.size;) {
      before = this.#found.size;
      for (const entry of table.values()) if (this.#isNew(entry)) this.add(entry);
    }
  }

  #isNew({ pid, session, parent }: ProcessEntry): boolean {
    if (pid === process.pid || this.#found.has(pid)) return false;
    return this.#sessions.has(session) || this.#found.has(parent);
  }
}

/** Who has ended needs no signal, and who became another user cannot be sent one. */
function send(pid: number, signals: readonly number[]): void {
  try {
    for (const signal of signals) process.kill(pid, signal);
  } catch {
    // See above.
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}
