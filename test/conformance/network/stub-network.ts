/** A loop whose network a test scripts: what a name resolves to, and how and when each attempt to connect ends. */
import { type EventLoop, Future, getRunningLoop, run } from "gyre";
import { BaseEventLoop, type Link, type LinkReceiver, type NetworkDriver } from "gyre/lowlevel";
import { NodeDriver } from "#gyre/loops/node/driver.js";
import { HostOperation } from "#gyre/net/host-operation.js";

type Address = Awaited<ReturnType<NetworkDriver["lookup"]>>[number];
type Target = Parameters<NetworkDriver["connect"]>[0];
type Local = Parameters<NetworkDriver["connect"]>[1];

/** One call of `connect`. */
export interface Attempt {
  readonly to: string;
  readonly from: string | null;
  readonly link: StubLink;
  cancelled: boolean;
  succeed(): void;
  fail(error: unknown): void;
}

export class StubLink implements Link {
  readonly traits = { kind: "stub", halfClose: true, highWaterMark: 65_536 };
  readonly pending = 0;
  destroyed = false;
  attach(_receiver: LinkReceiver): void {}
  resume(): void {}
  pause(): void {}
  write(_chunk: Uint8Array): void {}
  writev(_chunks: readonly Uint8Array[]): void {}
  end(): void {}
  close(onClosed: (error: Error | null) => void): void {
    this.destroyed = true;
    onClosed(null);
  }
  destroy(): void {
    this.destroyed = true;
  }
  info(_name: string): unknown {
    return undefined;
  }
  release(): never {
    throw new Error("not in this test");
  }
}

export class StubNetwork implements NetworkDriver {
  readonly attempts: Attempt[] = [];
  readonly lookups: string[] = [];
  readonly #loop: EventLoop;
  readonly #names: ReadonlyMap<string | null, readonly string[]>;
  #waiting: { readonly count: number; readonly future: Future<void> }[] = [];

  constructor(loop: EventLoop, names: Readonly<Record<string, readonly string[]>>) {
    this.#loop = loop;
    this.#names = new Map(Object.entries(names));
  }

  lookup(host: string | null, port: number | string | null): Future<Address[]> {
    this.lookups.push(`${host}:${port}`);
    const found = new Future<Address[]>({ loop: this.#loop });
    const addresses = this.#names.get(host) ?? [];
    found.setResult(addresses.map((address) => addressOf(address, Number(port))));
    return found;
  }

  connect(target: Target, local: Local): Future<Link> {
    const link = new StubLink();
    const to = typeof target === "string" ? target : target.address;
    const start = (outcome: { resolve(link: Link): void; reject(error: unknown): void }) => {
      const attempt: Attempt = {
        to,
        from: local?.address ?? null,
        link,
        cancelled: false,
        succeed: () => outcome.resolve(link),
        fail: (error) => outcome.reject(error),
      };
      this.attempts.push(attempt);
      return () => {
        attempt.cancelled = true;
      };
    };
    const operation = new HostOperation<Link>(this.#loop, start, (late) => late.destroy());
    for (const { count, future } of this.#waiting)
      if (this.attempts.length >= count && !future.done()) future.setResult();
    return operation;
  }

  /** The attempt with this number, from 0 on, as soon as it has begun. */
  async attempt(index: number): Promise<Attempt> {
    while (this.attempts[index] === undefined) {
      const future = new Future<void>({ loop: this.#loop });
      this.#waiting.push({ count: index + 1, future });
      await future;
    }
    return this.attempts[index];
  }

  bind = unsupported;
  reverseLookup = unsupported;
  openDatagrams = unsupported;
  adoptStream = unsupported;
  adoptListener = unsupported;
  adoptDatagrams = unsupported;
  openPipe = unsupported;
}

/** Runs main on a loop with a scripted network. */
export function runStubbed(
  names: Readonly<Record<string, readonly string[]>>,
  main: (network: StubNetwork) => Promise<void>,
): Promise<void> {
  let network: StubNetwork | null = null;
  const openNetwork = (loop: EventLoop): StubNetwork => (network ??= new StubNetwork(loop, names));
  const loopFactory = () => new BaseEventLoop(Object.assign(new NodeDriver(), { openNetwork }));
  return run(() => main(openNetwork(getRunningLoop())), { loopFactory });
}

export function systemError(code: string, text = code): Error {
  return Object.assign(new Error(`connect ${text}`), { code, syscall: "connect", errno: -1 });
}

function addressOf(address: string, port: number): Address {
  const family = address.includes(":") ? "IPv6" : "IPv4";
  return { address, port, family, type: 1, proto: 6, canonname: "" };
}

function unsupported(): never {
  throw new Error("not in this test");
}
