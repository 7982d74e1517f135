import { ContextVar, currentTask, type EventLoop, getRunningLoop, newEventLoop, sleep } from "gyre";
import { scenario, script } from "../../support/parity.ts";
import { attempt } from "../outcomes.ts";

const send = (signal: NodeJS.Signals): true => process.kill(process.pid, signal);
const nothing = (): void => undefined;

async function settle(seen: readonly unknown[], count: number): Promise<void> {
  while (seen.length < count) await sleep(1);
}

scenario("a handler is called with its arguments, each time [SIG-01]", async (print) => {
  const seen: unknown[][] = [];
  print(getRunningLoop().addSignalHandler("SIGUSR1", (...args: unknown[]) => seen.push(args), 1, "two"));
  for (const count of [1, 2]) {
    send("SIGUSR1");
    await settle(seen, count);
  }
  print(seen.length, ...(seen[0] ?? []));
});

scenario("inside of the loop, in no task [SIG-01]", async (print) => {
  const loop = getRunningLoop();
  const seen: unknown[][] = [];
  loop.addSignalHandler("SIGUSR1", () => seen.push([getRunningLoop() === loop, currentTask()]));
  send("SIGUSR1");
  await settle(seen, 1);
  print(...(seen[0] ?? []));
});

scenario("a second handler replaces the first [SIG-01]", async (print) => {
  const loop = getRunningLoop();
  const seen: string[] = [];
  const note = (text: string): number => seen.push(text);
  loop.addSignalHandler("SIGUSR1", note, "first");
  loop.addSignalHandler("SIGUSR1", note, "second");
  send("SIGUSR1");
  await settle(seen, 1);
  print(...seen);
  print(loop.removeSignalHandler("SIGUSR1"), loop.removeSignalHandler("SIGUSR1"));
});

scenario("each signal has its own handler [SIG-01 SIG-02]", async (print) => {
  const loop = getRunningLoop();
  const seen: string[] = [];
  const note = (text: string): number => seen.push(text);
  loop.addSignalHandler("SIGUSR1", note, "one");
  loop.addSignalHandler("SIGUSR2", note, "two");
  send("SIGUSR2");
  await settle(seen, 1);
  send("SIGUSR1");
  await settle(seen, 2);
  print(...seen, loop.removeSignalHandler("SIGUSR1"), loop.removeSignalHandler("SIGUSR2"));
});

scenario("what cannot be caught [SIG-01]", async (print) => {
  const loop = getRunningLoop();
  for (const signal of ["SIGKILL", "SIGSTOP"] as const)
    print(attempt(() => loop.addSignalHandler(signal, nothing)));
});

scenario("what is no signal [SIG-01 SIG-02]", async (print) => {
  const loop = getRunningLoop();
  for (const number of [0, -1, 1000]) {
    print(attempt(() => loop.addSignalHandler(number, nothing)));
    print(attempt(() => loop.removeSignalHandler(number)));
  }
  const none: unknown = null;
  print(attempt(() => loop.addSignalHandler(none as number, nothing)));
  print(attempt(() => loop.removeSignalHandler(none as number)));
});

scenario("an async function is refused [SIG-01]", async (print) => {
  const loop = getRunningLoop();
  print(attempt(() => loop.addSignalHandler("SIGUSR1", async () => undefined)));
  print(loop.removeSignalHandler("SIGUSR1"));
});

scenario("there is nothing to remove [SIG-02]", async (print) => {
  const loop = getRunningLoop();
  print(loop.removeSignalHandler("SIGUSR1"), loop.removeSignalHandler("SIGTERM"));
});

scenario("in the context that it was made in [SIG-01 CTX-03]", async (print) => {
  const user = new ContextVar<string>("user");
  user.set("ada");
  const seen: string[] = [];
  getRunningLoop().addSignalHandler("SIGUSR1", () => seen.push(user.get()));
  user.set("bob");
  send("SIGUSR1");
  await settle(seen, 1);
  print(...seen, user.get());
});

scenario("what a handler throws is reported, and it stays [SIG-01]", async (print) => {
  const loop = getRunningLoop();
  const seen: string[] = [];
  loop.setExceptionHandler((_: EventLoop, { exception }) =>
    seen.push(exception instanceof Error ? exception.message : ""),
  );
  loop.addSignalHandler("SIGUSR1", () => {
    throw new Error("broken");
  });
  for (const count of [1, 2]) {
    send("SIGUSR1");
    await settle(seen, count);
  }
  print(...seen);
});

script("closing the loop removes them [SIG-03]", async (print) => {
  const loop = await newEventLoop();
  loop.addSignalHandler("SIGUSR1", nothing);
  await loop.close();
  print(
    loop.removeSignalHandler("SIGUSR1"),
    attempt(() => loop.addSignalHandler("SIGUSR1", nothing)),
  );
});
