import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import {
  createSubprocessExec,
  createSubprocessShell,
  createTask,
  DEVNULL,
  gather,
  PIPE,
  Process,
  sleep,
  STDOUT,
  waitFor,
} from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, outcome } from "../outcomes.ts";

const text = (data: Buffer | null | undefined): string => String(data ?? "").trim();

scenario("the returncode is None until the end [SUB-07 SUB-08]", async (print) => {
  const child = await createSubprocessExec("cat", [], { stdin: PIPE });
  print(child.returncode, child.pid > 0);
  child.stdin?.close();
  print(await child.wait(), child.returncode);
});

scenario("exit codes [SUB-08]", async (print) => {
  for (const code of [0, 1, 42, 127, 255, 256]) {
    const child = await createSubprocessShell(code < 256 ? `exit ${code}` : "(exit 256) 2>/dev/null; exit 0");
    print(await child.wait());
  }
});

scenario("the number of the signal that ended it [SUB-08 SUB-11]", async (print) => {
  for (const signal of ["SIGHUP", "SIGINT", "SIGUSR1", "SIGTERM", "SIGKILL"] as const) {
    const child = await createSubprocessExec("sleep", ["1000"]);
    child.sendSignal(signal);
    print(await child.wait());
  }
});

scenario("terminate and kill [SUB-11]", async (print) => {
  const first = await createSubprocessExec("sleep", ["1000"]);
  first.terminate();
  print(await first.wait());
  const second = await createSubprocessExec("sleep", ["1000"]);
  second.kill();
  print(await second.wait());
});

scenario("a child ends itself by a signal [SUB-08]", async (print) => {
  print(await (await createSubprocessShell("kill -USR2 $$")).wait());
});

scenario("signals after the end [SUB-11]", async (print) => {
  const child = await createSubprocessExec("true");
  print(await child.wait());
  await sleep(0);
  print(
    attempt(() => child.terminate()),
    attempt(() => child.kill()),
    attempt(() => child.sendSignal(0)),
  );
});

scenario("signal 0 only asks [SUB-11]", async (print) => {
  const child = await createSubprocessExec("cat", [], { stdin: PIPE });
  print(child.sendSignal(0), child.returncode);
  child.stdin?.close();
  print(await child.wait());
});

scenario("a child that catches SIGTERM [SUB-11]", async (print) => {
  const child = await createSubprocessShell("trap 'exit 9' TERM; echo ready; while :; do sleep 0.01; done", {
    stdout: PIPE,
    killTree: false,
  });
  await child.stdout?.readline();
  child.terminate();
  print(await child.wait());
});

scenario("a child that ignores SIGTERM is killed [SUB-11]", async (print) => {
  const child = await createSubprocessShell("trap '' TERM; echo ready; exec sleep 1000", { stdout: PIPE });
  await child.stdout?.readline();
  child.terminate();
  print(await outcome(waitFor(() => child.wait(), 50)), child.returncode);
  child.kill();
  print(await child.wait());
});

scenario("many wait for one [SUB-09]", async (print) => {
  const child = await createSubprocessShell("sleep 0.02; exit 7");
  print(...(await gather([child.wait(), child.wait(), child.wait()])));
  print(await child.wait());
});

scenario("a cancelled wait leaves the child alone [SUB-09]", async (print) => {
  const child = await createSubprocessExec("sleep", ["1000"]);
  const waiting = createTask(() => child.wait());
  await sleep(0);
  waiting.cancel();
  print(await outcome(waiting), child.returncode);
  child.kill();
  print(await child.wait());
});

scenario("streams are None unless they are pipes [SUB-07]", async (print) => {
  const none = await createSubprocessExec("true", [], { stdin: DEVNULL, stdout: DEVNULL, stderr: STDOUT });
  print(none.stdin, none.stdout, none.stderr);
  await none.wait();
  const all = await createSubprocessExec("true", [], { stdin: PIPE, stdout: PIPE, stderr: PIPE });
  print(all.stdin === null, all.stdout === null, all.stderr === null);
  await all.communicate();
});

scenario("what cannot be started [SUB-01]", async (print) => {
  print(await outcome(createSubprocessExec("no-such-program")));
  print(await outcome(createSubprocessExec("/no/such/program")));
  print(await outcome(createSubprocessExec("/etc/passwd")));
  print(await outcome(createSubprocessExec("true", [], { cwd: "/no/such/directory" })));
  const pipes = { stdin: PIPE, stdout: PIPE, stderr: STDOUT } as const;
  print(await outcome(createSubprocessExec("no-such-program", [], pipes)));
});

scenario("options that are refused [SUB-06]", async (print) => {
  const refused: object[] = [
    { universalNewlines: true },
    { text: true },
    { encoding: "utf-8" },
    { errors: "strict" },
    { bufsize: 4096 },
    { shell: true },
  ];
  for (const options of refused) print(await outcome(createSubprocessExec("true", [], options)));
  const exec: object = { shell: false };
  print(await outcome(createSubprocessShell("true", exec)));
});

scenario("lines up to the limit [SUB-04]", async (print) => {
  const child = await createSubprocessShell("echo 12345; echo 1234567890123; echo 123", {
    stdout: PIPE,
    limit: 10,
  });
  for (let line = 0; line < 3; line++) {
    const read = await outcome<Buffer | undefined>(async () => child.stdout?.readline());
    print(typeof read === "string" ? read : text(read));
  }
  await child.communicate();
});

scenario("a conversation [SUB-01]", async (print) => {
  const child = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
  for (const line of ["one\n", "two\n"]) {
    child.stdin?.write(line);
    await child.stdin?.drain();
    print(text(await child.stdout?.readline()));
  }
  child.stdin?.close();
  await child.stdin?.waitClosed();
  print((await child.stdout?.read())?.length, await child.wait());
});

scenario("stdin of a child that has ended [SUB-16 SUB-18]", async (print) => {
  const child = await createSubprocessExec("true", [], { stdin: PIPE });
  print(await child.wait());
  await sleep(10);
  print(child.stdin?.isClosing());
});

scenario("where and how it starts [SUB-05]", async (print) => {
  const there = await createSubprocessExec("pwd", [], { stdout: PIPE, cwd: "/usr" });
  print(text((await there.communicate())[0]));
  const env = { A: "1", B: "two words" };
  const child = await createSubprocessShell("echo $A-$B-$HOME", { stdout: PIPE, env });
  print(text((await child.communicate())[0]));
});

scenario("a session of its own [SUB-05]", async (print) => {
  const child = await createSubprocessExec("cat", ["/proc/self/stat"], {
    stdout: PIPE,
    startNewSession: true,
  });
  const fields = text((await child.communicate())[0])
    .replace(/^.*\) /s, "")
    .split(" ");
  print(Number(fields[3]) === child.pid);
});

scenario("descriptors as streams [SUB-03]", async (print) => {
  const folder = mkdtempSync(join(tmpdir(), "gyre-"));
  const file = openSync(join(folder, "out"), "w");
  const child = await createSubprocessShell("echo out; echo err >&2", { stdout: file, stderr: STDOUT });
  print(await child.wait());
  print(readFileSync(join(folder, "out"), "utf8").replaceAll("\n", "/"));
  closeSync(file);
  rmSync(folder, { recursive: true });
});

scenario("how it looks [SUB-21]", async (print) => {
  const child = await createSubprocessExec("true");
  print(inspect(child).replace(String(child.pid), "N"));
  await child.wait();
});

scenario("cancelled at once [SUB-17]", async (print) => {
  for (let turns = 0; turns < 3; turns++) {
    const task = createTask(() => createSubprocessExec("sleep", ["1000"], { stdin: PIPE, stdout: PIPE }));
    for (let turn = 0; turn < turns; turn++) await sleep(0);
    task.cancel();
    let result: unknown = await outcome(task);
    if (result instanceof Process) {
      result.kill();
      await result.wait();
      result = "CancelledError";
    }
    print(result);
  }
});
