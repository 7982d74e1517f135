/** Whether the host has anything open that could still call somebody. Node can tell, Bun and Deno cannot. */

interface UvHandle {
  readonly type: string;
  readonly is_active?: boolean;
}

interface Report {
  readonly libuv?: readonly UvHandle[];
  excludeNetwork?: boolean;
}

const OUTPUTS = 2; // standard output and error, which are listed also when they do nothing

let tells: boolean | null = null;

/** Whether {@link hostIsBusy} knows. */
export function hostTells(): boolean {
  tells ??= "getActiveResourcesInfo" in process && uvLoopIsAlive() !== null;
  return tells;
}

/** @param ownTimers - how many of the open timers do not count, since they wake nobody */
export function hostIsBusy(ownTimers: number): boolean {
  const open = process.getActiveResourcesInfo();
  const timers = open.filter((kind) => kind === "Timeout").length;
  const streams = open.filter((kind) => kind === "PipeWrap" || kind === "TTYWrap").length;
  const others = open.length - timers - Math.min(streams, OUTPUTS);
  return timers > ownTimers || others > 0 || uvLoopIsAlive() === true;
}

/** The exact answer, but for timers, which do not count while timers run. It takes some milliseconds. */
function uvLoopIsAlive(): boolean | null {
  const { report } = process;
  if (typeof report?.getReport !== "function") return null;
  const { excludeNetwork } = report as Report;
  if (excludeNetwork !== undefined) (report as Report).excludeNetwork = true; // else it looks up the names of all peers
  try {
    const { libuv } = report.getReport() as Report;
    return libuv?.find(({ type }) => type === "loop")?.is_active ?? null;
  } finally {
    if (excludeNetwork !== undefined) (report as Report).excludeNetwork = excludeNetwork;
  }
}
