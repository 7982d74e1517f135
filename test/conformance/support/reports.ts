/** What a loop reports to its exception handler, gathered for a test to look at. */
import { type EventLoop, type ExceptionContext, getRunningLoop } from "gyre";

/** Takes over the exception handler of a loop; the array fills as reports come. */
export function collectReports(loop: EventLoop = getRunningLoop()): ExceptionContext[] {
  const reports: ExceptionContext[] = [];
  loop.setExceptionHandler((_loop, context) => {
    reports.push(context);
  });
  return reports;
}
