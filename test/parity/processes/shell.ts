import { createSubprocessExec, createSubprocessShell, PIPE, type ProcessOptions } from "gyre";
import { scenario } from "../../support/parity.ts";

async function runShell(command: string, options: ProcessOptions = {}): Promise<unknown[]> {
  const child = await createSubprocessShell(command, { stdout: PIPE, stderr: PIPE, ...options });
  const [out, err] = await child.communicate();
  return [String(out).replaceAll("\n", "/"), (err?.length ?? 0) > 0, child.returncode];
}

async function runExec(program: string, ...args: string[]): Promise<unknown[]> {
  const child = await createSubprocessExec(program, args, { stdout: PIPE });
  const [out] = await child.communicate();
  return [String(out).replaceAll("\n", "/"), child.returncode];
}

scenario("pipes, lists and substitutions [SUB-02]", async (print) => {
  print(...(await runShell("printf 'b\\na\\n' | sort; echo $((1 + 2)) `echo three`")));
  print(...(await runShell("false || echo other; true && echo and")));
});

scenario("a program that the shell does not find [SUB-02]", async (print) => {
  print(...(await runShell("no-such-program")));
});

scenario("a command that is no command [SUB-02]", async (print) => {
  print(...(await runShell("if")));
});

scenario("quotes are the shell's [SUB-02]", async (print) => {
  print(...(await runShell("echo 'a  b' \"c  $A\" d\\ e", { env: { A: "x  y" } })));
});

scenario("arguments need no quotes without a shell [SUB-01]", async (print) => {
  print(...(await runExec("printf", "[%s]", "a b", "$HOME", "'", '"', "*", "", "\\", ";ls")));
});

scenario("several lines [SUB-02]", async (print) => {
  print(...(await runShell("for n in 1 2 3\ndo echo $n\ndone\nexit 4")));
});
