import {
  createSubprocessExec,
  createSubprocessShell,
  DEVNULL,
  gather,
  PIPE,
  type ProcessOptions,
  STDOUT,
} from "gyre";
import { scenario } from "../../support/parity.ts";

async function shell(
  command: string,
  options: ProcessOptions = {},
  input: string | null = null,
): Promise<[string | null, string | null, number | null]> {
  const child = await createSubprocessShell(command, options);
  const [out, err] = await child.communicate(input);
  return [text(out), text(err), child.returncode];
}

function text(data: Buffer | null | undefined): string | null {
  return data === null || data === undefined ? null : String(data).replaceAll("\n", "/");
}

const ALL = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const;
const MUCH = "x".repeat(1_000_000);

scenario("both outputs and the exit code [SUB-01 SUB-10]", async (print) => {
  print(...(await shell("echo out; echo err >&2; exit 3", ALL)));
});

scenario("input reaches stdin, which is closed after it [SUB-10]", async (print) => {
  print(...(await shell("cat; echo end", ALL, "some input ")));
});

scenario("no input and empty input close stdin [SUB-10]", async (print) => {
  print(...(await shell("cat; echo end", ALL)));
  print(...(await shell("cat; echo end", ALL, "")));
});

scenario("without pipes there is nothing to give [SUB-10]", async (print) => {
  print(...(await shell("exit 2")));
  print(...(await shell("echo out; echo err >&2", { stdout: DEVNULL, stderr: DEVNULL })));
});

scenario("one pipe alone [SUB-10]", async (print) => {
  print(...(await shell("echo out; echo err >&2", { stdout: PIPE, stderr: DEVNULL })));
  print(...(await shell("echo out; echo err >&2", { stdout: DEVNULL, stderr: PIPE })));
  print(...(await shell("cat", { stdin: PIPE, stdout: DEVNULL }, "x")));
});

scenario("stderr goes to stdout in its order [SUB-03]", async (print) => {
  print(...(await shell("echo 1; echo 2 >&2; echo 3; echo 4 >&2", { stdout: PIPE, stderr: STDOUT })));
  print(...(await shell("echo 1; echo 2 >&2", { stdout: DEVNULL, stderr: STDOUT })));
});

scenario("input is ignored where stdin is no pipe [SUB-10]", async (print) => {
  print(...(await shell("cat; echo end", { stdin: DEVNULL, stdout: PIPE }, "ignored")));
});

scenario("a child that does not read its input [SUB-10]", async (print) => {
  print(...(await shell("exit 5", { stdin: PIPE, stdout: PIPE }, MUCH)));
  print(...(await shell("exec 0<&-; sleep 0.05; echo end", { stdin: PIPE, stdout: PIPE }, MUCH)));
});

scenario("a child that closes its outputs and lives on [SUB-10]", async (print) => {
  print(...(await shell("exec >&- 2>&-; sleep 0.05; exit 6", { stdout: PIPE, stderr: PIPE })));
});

scenario("more than the pipes hold, in all directions [SUB-10 SUB-16]", async (print) => {
  const child = await createSubprocessExec("sh", ["-c", "head -c 500000 /dev/zero >&2 & cat; wait"], ALL);
  const [out, err] = await child.communicate("y".repeat(500_000));
  print(out?.length, err?.length, child.returncode);
});

scenario("every byte comes through [SUB-10]", async (print) => {
  const child = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
  const everything = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  const [out] = await child.communicate(everything);
  print(out?.equals(everything));
});

scenario("twice [SUB-10]", async (print) => {
  const child = await createSubprocessShell("cat; exit 4", { stdin: PIPE, stdout: PIPE });
  print(text((await child.communicate("once"))[0]), child.returncode);
  print(text((await child.communicate())[0]), child.returncode);
});

scenario("after some was read [SUB-10]", async (print) => {
  const child = await createSubprocessShell("echo 1; echo 2; echo 3", { stdout: PIPE });
  print(text(await child.stdout?.readline()));
  print(text((await child.communicate())[0]));
});

scenario("several children at once [SUB-10]", async (print) => {
  const jobs = [0, 1, 2, 3, 4].map((n) => () => shell(`echo ${n}; exit ${n}`, { stdout: PIPE }));
  for (const result of await gather(jobs)) print(...result);
});
