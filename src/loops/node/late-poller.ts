import { createRequire } from "node:module";
import { RuntimeError } from "../../core/errors.ts";
import type { Scheduler } from "../../core/scheduler.ts";
import type { Readiness } from "../../net/descriptors/readiness.ts";
import type * as PollerModule from "../selector/poller.ts";

const PURPOSE = "Watching descriptors, as addReader() and sockRecv() do,";

/**
 * What watches descriptors on the host's loop: that of the loop "selector". It is loaded when it is first needed, and not a moment
 * later, since `addReader` cannot wait; hence `require`.
 */
export class LatePoller {
  #poller: PollerModule.Poller | null = null;

  /**
   * @param runReports - of the loop, which has what is reported in one call run together
   * @throws RuntimeError `GYRE_NOT_SUPPORTED` - on a system or host where it cannot work, or without the package koffi
   */
  open(runReports: Scheduler["runReports"]): Readiness {
    this.#poller ??= new (loadModule().Poller)(PURPOSE, runReports);
    return this.#poller;
  }

  close(): void {
    this.#poller?.close();
    this.#poller = null;
  }
}

function loadModule(): typeof PollerModule {
  try {
    const module: typeof PollerModule = createRequire(import.meta.url)("../selector/poller.js");
    return module;
  } catch (error) {
    throw new RuntimeError(
      "GYRE_NOT_SUPPORTED",
      `${PURPOSE} cannot work here: its code could not be loaded.`,
      {
        cause: error,
      },
    );
  }
}
