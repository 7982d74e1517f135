/** One check on fresh loops: how it ended, and whether anything is left of it. */

import { describe } from "../../core/arguments.ts";
import { describeWaits } from "../../core/deadlock.ts";
import { ArgumentTypeError } from "../../core/errors.ts";
import { type EventLoop, LoopCore } from "../../core/event-loop.ts";
import { type ExceptionContext, formatExceptionContext } from "../../core/exception-handler.ts";
import type { LoopCapabilities } from "./capabilities.ts";
import type { Check, CheckContext } from "./check.ts";
import { ContractError } from "./expect.ts";
import { leftInHost, openInHost } from "./host-resources.ts";
import { Waits } from "./waits.ts";

export type LoopMaker = () => EventLoop | Promise<EventLoop>;

export interface TrialSettings {
  readonly factory: LoopMaker;
  readonly capabilities: LoopCapabilities;
  /** Real milliseconds. */
  readonly timeout: number;
}

/** How a check ended: null = well. */
export type Ending = Skipped | { readonly error: unknown } | null;

/** Thrown by a check that finds itself on a machine where it cannot tell. */
export class Skipped extends Error {}

const STOP_PATIENCE = 300; // ms that a loop which hangs gets to stop

export async function tryCheck(check: Check, settings: TrialSettings): Promise<Ending> {
  const before = openInHost();
  const trial = new Trial(settings);
  let ending = await endingOf(() => trial.run(check));
  const disposal = await endingOf(() => trial.dispose());
  ending ??= disposal;
  if (ending !== null) return ending;
  const left = await leftInHost(before);
  if (left.length === 0) return null;
  const text = `The contract: a loop that is closed leaves nothing open in the host.\nBut these are open still: ${left.join(", ")}.`;
  return { error: new ContractError(text) };
}

async function endingOf(step: () => Promise<void>): Promise<Ending> {
  try {
    await step();
    return null;
  } catch (error) {
    return error instanceof Skipped ? error : { error };
  }
}

export async function makeLoop(factory: LoopMaker): Promise<EventLoop> {
  const loop = await factory();
  if (loop instanceof LoopCore) return loop;
  throw new ArgumentTypeError(
    `checkEventLoop(factory): the factory has to return a loop, such as new BaseEventLoop(driver), but it returned ${describe(loop)}.`,
  );
}

class Trial {
  readonly #settings: TrialSettings;
  readonly #waits = new Waits();
  readonly #loops: EventLoop[] = [];
  #reports: ExceptionContext[] = [];

  constructor(settings: TrialSettings) {
    this.#settings = settings;
  }

  async run(check: Check): Promise<void> {
    const loop = await this.#makeLoop();
    const context: CheckContext = {
      loop,
      capabilities: this.#settings.capabilities,
      waits: this.#waits,
      makeLoop: () => this.#makeLoop(),
      takeReports: () => this.#reports.splice(0),
      skip: (reason) => {
        throw new Skipped(reason);
      },
    };
    const body = (): Promise<void> => check.run(context);
    await this.#inTime(() => (check.side === "inside" ? loop.runUntilComplete(body) : body()));
    this.#requireTidiness();
  }

  /** Closes all loops, by force where they do not end by themselves. */
  async dispose(): Promise<void> {
    for (const loop of this.#loops) {
      if (loop.isRunning()) await stop(loop);
      loop.resources.abandon();
      if (loop.isRunning()) abandon(loop);
      else await loop.close();
    }
  }

  async #makeLoop(): Promise<EventLoop> {
    const loop = await makeLoop(this.#settings.factory);
    loop.setExceptionHandler((_loop, context) => void this.#reports.push(context));
    this.#loops.push(loop);
    return loop;
  }

  async #inTime(begin: () => Promise<void>): Promise<void> {
    const { timeout } = this.#settings;
    let timer: NodeJS.Timeout | null = null;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new ContractError(this.#describeHang(timeout))), timeout);
    });
    try {
      await Promise.race([begin(), tooLate]);
    } finally {
      if (timer !== null) clearTimeout(timer);
    }
  }

  #describeHang(timeout: number): string {
    const waits = this.#waits.list().map((text) => `  - It waits ${text}`);
    const tasks = this.#loops.filter((loop) => loop.tasks.size > 0).map((loop) => describeWaits(loop));
    const lines = [`The check did not end within ${timeout} ms.`, ...waits, ...tasks];
    const reports = this.#reports.map((report) => `  - Reported: ${formatExceptionContext(report)}`);
    return [...lines, ...reports].join("\n");
  }

  #requireTidiness(): void {
    const [report] = this.#reports;
    if (report !== undefined)
      throw new ContractError(`The loop reported what it should not:\n${formatExceptionContext(report)}`);
    for (const loop of this.#loops.filter((one) => !one.isClosed())) {
      const left = [...loop.tasks.all(), ...loop.resources.forgotten()];
      if (left.length > 0)
        throw new ContractError(
          `The contract: at the end of the check all is done and closed.\nBut this is left: ${left.join(", ")}.`,
        );
    }
  }
}

/** Loops that could not be stopped: kept, because the end of an open loop's memory would be reported. */
const abandoned: EventLoop[] = [];

function abandon(loop: EventLoop): void {
  loop.scheduler.close();
  abandoned.push(loop);
}

async function stop(loop: EventLoop): Promise<void> {
  const giveUp = performance.now() + STOP_PATIENCE;
  loop.stop();
  while (loop.isRunning() && performance.now() < giveUp)
    await new Promise((resolve) => setTimeout(resolve, 2));
}
