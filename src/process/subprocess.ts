/** `loop.subprocessExec` and `loop.subprocessShell`: children with a protocol of one's own. */

import { requireFunction } from "../core/arguments.ts";
import { isCancelled } from "../core/errors.ts";
import type { EventLoop } from "../core/event-loop.ts";
import type { ProtocolFactory } from "../net/protocols.ts";
import { ChildTransport, requireProtocol } from "./child-transport.ts";
import { type Command, execCommand, shellCommand } from "./command.ts";
import { type CheckedOptions, checkOptions, type SubprocessOptions } from "./options.ts";
import type { SubprocessProtocol } from "./protocols.ts";
import { spawnChild } from "./spawn.ts";
import { PIPE, resolveStdio, type Stdio } from "./stdio.ts";

/** A child that is about to be started, with everything checked that can be. */
interface Plan {
  readonly command: Command;
  readonly options: CheckedOptions;
  readonly stdio: Stdio;
}

export function subprocessExec<P extends SubprocessProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  program: string | URL,
  args: readonly string[],
  options: SubprocessOptions,
): Promise<[ChildTransport, P]> {
  const where = "loop.subprocessExec(protocolFactory, program, args, options)";
  requireFunction(protocolFactory, where, "It makes a protocol for the child.");
  return startChild(loop, protocolFactory, planExec(program, args, options, where, PIPE));
}

export function subprocessShell<P extends SubprocessProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  command: string,
  options: SubprocessOptions,
): Promise<[ChildTransport, P]> {
  const where = "loop.subprocessShell(protocolFactory, command, options)";
  requireFunction(protocolFactory, where, "It makes a protocol for the child.");
  return startChild(loop, protocolFactory, planShell(command, options, where, PIPE));
}

type Fallback = typeof PIPE | null;

export function planExec(
  program: string | URL,
  args: readonly string[],
  options: SubprocessOptions,
  where: string,
  fallback: Fallback,
): Plan {
  return { command: execCommand(program, args, where), ...planOptions(options, where, fallback) };
}

export function planShell(
  command: string,
  options: SubprocessOptions,
  where: string,
  fallback: Fallback,
): Plan {
  return { command: shellCommand(command, where), ...planOptions(options, where, fallback) };
}

function planOptions(options: SubprocessOptions, where: string, fallback: Fallback): Omit<Plan, "command"> {
  return { options: checkOptions(options, where), stdio: resolveStdio(options, fallback, where) };
}

export async function startChild<P extends SubprocessProtocol>(
  loop: EventLoop,
  protocolFactory: ProtocolFactory<P>,
  { command, options, stdio }: Plan,
): Promise<[ChildTransport, P]> {
  const protocol = protocolFactory();
  requireProtocol(protocol, "protocolFactory()");
  const spawned = await spawnChild(command, options, stdio);
  const transport = new ChildTransport(loop, protocol, spawned, command, options);
  try {
    await transport.start();
  } catch (error) {
    transport.close();
    await reap(transport);
    throw error;
  }
  return [transport, protocol];
}

/** Waits for the end of a child that was killed; a second cancellation changes nothing, since the first is on its way. */
async function reap(transport: ChildTransport): Promise<void> {
  try {
    await transport.end().wait();
  } catch (error) {
    if (!isCancelled(error)) throw error;
  }
}
