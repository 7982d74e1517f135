/**
 * Random operations on sockets in random states, with descriptors that are closed under their feet: whatever happens is an error of
 * the system or of ours, the process lives on, and the number of its descriptors returns.
 */
import assert from "node:assert/strict";
import { closeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { createTask, type EventLoop, getRunningLoop, run, type Task } from "gyre";
import { EVENT_READ, EVENT_WRITE, EpollSelector, PollSelector, type Selector } from "gyre/selectors";
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  createServer,
  fromfd,
  MSG_PEEK,
  Socket,
  SOCK_DGRAM,
  SOCK_STREAM,
  socketpair,
} from "gyre/socket";
import { callError } from "#gyre/native/errors.js";
import { TransferMemory, Transfers } from "#gyre/native/transfers.js";
import { countDescriptors, describeNative } from "../support/descriptors.ts";

const ROUNDS = Number(process.env["GYRE_FUZZ_ROUNDS"] ?? 40);
const STEPS = 400;
const MOST_SOCKETS = 30;
const SWITCH = "GYRE_IO_URING";
const MOST_TRANSFERS = 16;
const TRANSFER_MEMORY = 100_000; // bytes
const HERE = { address: "127.0.0.1", port: 0 };
const OF_THE_SYSTEM = /^E[A-Z0-9_]+$/;
const OURS =
  /^GYRE_(?:OUT_OF_RANGE|INVALID_ARGUMENT|NOT_REGISTERED|ALREADY_REGISTERED|DESCRIPTOR_IN_USE|CANCELLED)$/;

/** A small generator of repeatable numbers (mulberry32). */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    assert.ok(item !== undefined);
    return item;
  }
}

/** One program of random steps. */
class Fuzz {
  readonly #dice: Dice;
  readonly #loop: EventLoop;
  readonly #sockets: Socket[] = [];
  readonly #tasks: Task<unknown>[] = [];
  readonly #selectors: Selector[] = [new EpollSelector(), new PollSelector()];
  /** Opened before: a thread that opens a file might take the number of a socket that has just lost it. */
  readonly #file: FileHandle;
  readonly #codes = new Map<string, number>();
  readonly #memory = new TransferMemory(TRANSFER_MEMORY);
  #transfers: Transfers;

  constructor(seed: number, file: FileHandle) {
    this.#dice = new Dice(seed);
    this.#file = file;
    this.#loop = getRunningLoop();
    this.#transfers = this.#openTransfers();
  }

  async run(): Promise<ReadonlyMap<string, number>> {
    const first = new Socket();
    this.#loop.addReader(first, () => undefined); // what the loop opens for that is open from now on
    first.close();
    for (let step = 0; step < STEPS; step++) {
      this.#try(() => this.#step());
      if (this.#dice.below(8) === 0) await turn();
    }
    for (const task of this.#tasks) task.cancel();
    for (const socket of this.#sockets) {
      this.#try(() => this.#loop.removeReader(socket));
      this.#try(() => this.#loop.removeWriter(socket));
      socket.close();
    }
    for (const selector of this.#selectors) selector.close();
    this.#transfers.close();
    await Promise.allSettled(this.#tasks);
    return this.#codes;
  }

  #step(): void {
    if (this.#sockets.length === 0) this.#add(new Socket());
    const socket = this.#dice.pick(this.#sockets);
    const steps: ((target: Socket) => void)[] = [
      (target) => this.#make(target),
      (target) => this.#call(target),
      (target) => this.#call(target),
      (target) => this.#wait(target),
      (target) => this.#watch(target),
      (target) => this.#select(target),
      (target) => this.#transfer(target),
      (target) => this.#destroy(target),
    ];
    this.#dice.pick(steps)(socket);
  }

  #make(socket: Socket): void {
    if (this.#sockets.length > MOST_SOCKETS) {
      this.#sockets.shift()?.close();
      return;
    }
    const dice = this.#dice;
    const makers = [
      () =>
        this.#add(new Socket(dice.pick([AF_INET, AF_INET6, AF_UNIX]), dice.pick([SOCK_STREAM, SOCK_DGRAM]))),
      () => this.#add(...socketpair(AF_UNIX, dice.pick([SOCK_STREAM, SOCK_DGRAM]))),
      () => this.#add(createServer(HERE)),
      () => this.#add(socket.dup()),
      () => this.#add(fromfd(socket.fileno())),
      () => this.#add(socket.accept()[0]),
    ];
    dice.pick(makers)();
  }

  #call(socket: Socket): void {
    const dice = this.#dice;
    const data = Buffer.alloc(dice.pick([0, 1, 100, 70_000, 1_000_000]));
    const number = dice.pick([-1, 0, 1, 3, 255, 2 ** 31 - 1, 2 ** 31, 1.5, Number.NaN]);
    const address = dice.pick([
      HERE,
      { address: "127.0.0.1", port: 1 },
      { address: "::1", port: 1 },
      "\0x",
      "",
      "x".repeat(300),
    ]);
    const calls: (() => unknown)[] = [
      () => socket.recv(dice.pick([0, 1, 1000, 100_000, number])),
      () => socket.recv(10, MSG_PEEK),
      () => socket.recv(10, number),
      () => socket.recvInto(data, dice.below(2000)),
      () => socket.recvfrom(dice.below(1000)),
      () => socket.send(data),
      () => socket.send(data, number),
      () => socket.sendto(data, address),
      () => socket.bind(address),
      () => socket.listen(number),
      () => socket.connect(address),
      () => socket.connect(dice.pick(this.#sockets).getsockname()),
      () => socket.accept(),
      () => socket.shutdown(number),
      () => socket.getsockopt(dice.below(50), dice.below(80)),
      () => socket.getsockopt(dice.below(50), dice.below(80), dice.below(1100)),
      () => socket.setsockopt(1, dice.pick([2, 7, 8, 9, 13, 15]), number),
      () => socket.setsockopt(6, dice.below(30), data.subarray(0, dice.below(20))),
      () => socket.getsockname(),
      () => socket.getpeername(),
      () => socket.finishConnect(),
      () => socket.sendfile(number, 0, 10),
    ];
    const made = dice.pick(calls)();
    if (Array.isArray(made) && made[0] instanceof Socket) this.#add(made[0]);
  }

  #wait(socket: Socket): void {
    const dice = this.#dice;
    const waits: (() => Promise<unknown>)[] = [
      () => this.#loop.sockRecv(socket, 1000),
      () => this.#loop.sockRecvInto(socket, new Uint8Array(10)),
      () => this.#loop.sockRecvfrom(socket, 1000),
      () => this.#loop.sockSendall(socket, Buffer.alloc(dice.pick([1, 500_000]))),
      () => this.#loop.sockAccept(socket).then(([connection]) => this.#add(connection)),
      () => this.#loop.sockConnect(socket, dice.pick(this.#sockets).getsockname()),
      () => this.#loop.sockSendfile(socket, this.#file, { count: 100_000 }),
    ];
    const task = createTask(dice.pick(waits));
    task.addDoneCallback(() => {
      if (!task.cancelled() && task.exception() !== null) this.#note(task.exception());
    });
    this.#tasks.push(task);
    if (dice.below(3) === 0) dice.pick(this.#tasks).cancel();
  }

  #watch(socket: Socket): void {
    const key = this.#dice.pick([socket, socket.fileno()]);
    const noop = (): void => {
      if (this.#dice.below(3) === 0) this.#try(() => this.#loop.removeReader(key));
      if (this.#dice.below(2) === 0) this.#try(() => this.#loop.removeWriter(key));
    };
    const watches = [
      () => this.#loop.addReader(key, noop),
      () => this.#loop.addWriter(key, noop),
      () => this.#loop.removeReader(key),
      () => this.#loop.removeWriter(key),
    ];
    this.#dice.pick(watches)();
  }

  #select(socket: Socket): void {
    const selector = this.#dice.pick(this.#selectors);
    const events = this.#dice.pick([EVENT_READ, EVENT_WRITE, EVENT_READ | EVENT_WRITE]);
    const selects = [
      () => selector.register(socket, events),
      () => selector.modify(socket, events),
      () => selector.unregister(socket),
      () => selector.select(0),
    ];
    this.#dice.pick(selects)();
  }

  #transfer(socket: Socket): void {
    const dice = this.#dice;
    const count = dice.below(MOST_TRANSFERS + 2);
    let made = 0;
    for (let index = 0; index < count; index++) {
      const fd = dice.pick([socket, dice.pick(this.#sockets)]).fileno();
      const offset = dice.pick([0, -1, dice.below(TRANSFER_MEMORY), TRANSFER_MEMORY]);
      const length = dice.pick([0, 1, -1, dice.below(TRANSFER_MEMORY), TRANSFER_MEMORY]);
      this.#try(() => {
        if (dice.below(2) === 0) this.#transfers.send(fd, this.#memory, offset, length);
        else this.#transfers.receive(fd, this.#memory, offset, length);
        made++;
      });
      if (dice.below(20) === 0) this.#destroy(socket);
    }
    if (dice.below(30) === 0) this.#transfers.close(); // what was not made yet says EAGAIN
    this.#transfers.run();
    for (const result of this.#transfers.results.subarray(0, made)) {
      assert.ok(result <= TRANSFER_MEMORY);
      if (result < 0) this.#note(callError(result, "transfer"));
    }
    if (dice.below(30) !== 0) return;
    this.#transfers.close();
    this.#transfers = this.#openTransfers();
  }

  /** With io_uring or without it. */
  #openTransfers(): Transfers {
    const before = process.env[SWITCH];
    process.env[SWITCH] = String(this.#dice.below(2));
    const transfers = new Transfers(MOST_TRANSFERS);
    if (before === undefined) delete process.env[SWITCH];
    else process.env[SWITCH] = before;
    return transfers;
  }

  #destroy(socket: Socket): void {
    const choice = this.#dice.below(8);
    if (choice < 2) socket.close();
    else if (choice === 2) {
      const fd = socket.detach(); // closed by somebody else
      if (fd >= 0) closeSync(fd);
    } else if (choice === 3) this.#closeUnderItsFeet(socket);
  }

  /** And gives it its number back, so that nobody closes what is another's. */
  #closeUnderItsFeet(socket: Socket): void {
    const fd = socket.fileno();
    if (fd < 0) return;
    const double = socket.dup();
    closeSync(fd);
    this.#try(() => socket.recv(1));
    this.#try(() => socket.send("x"));
    this.#try(() => this.#loop.addReader(fd, () => undefined));
    const others: Socket[] = [];
    for (let next = new Socket(); ; next = new Socket()) {
      if (next.fileno() === fd) {
        next.detach(); // the number is the first one's again, and below it is another socket
        break;
      }
      others.push(next);
    }
    for (const other of others) other.close();
    double.close();
  }

  #add(...sockets: Socket[]): void {
    this.#sockets.push(...sockets);
  }

  #try(action: () => unknown): void {
    try {
      action();
    } catch (error) {
      this.#note(error);
    }
  }

  /** Nothing but these errors may ever come of it. */
  #note(error: unknown): void {
    assert.ok(error instanceof Error && "code" in error && typeof error.code === "string", String(error));
    assert.ok(OF_THE_SYSTEM.test(error.code) || OURS.test(error.code), `${error.code}: ${error.message}`);
    this.#codes.set(error.code, (this.#codes.get(error.code) ?? 0) + 1);
  }
}

describeNative("random operations on sockets", () => {
  for (const loop of ["node", "selector"]) {
    it(`end in errors that are known, and leave nothing open (${loop})`, async () => {
      const file = await open(process.execPath);
      const before = countDescriptors();
      const codes = new Set<string>();
      for (let seed = 1; seed <= ROUNDS; seed++) {
        const met = await run(() => new Fuzz(seed, file).run(), { loop });
        for (const code of met.keys()) codes.add(code);
        for (let count = 0; count < 10 && countDescriptors() > before; count++) await turn();
        assert.ok(countDescriptors() <= before, `seed ${seed} left a descriptor open`);
      }
      for (const code of ["EAGAIN", "EBADF", "EINVAL", "ENOTCONN", "EPIPE", "GYRE_OUT_OF_RANGE"])
        assert.ok(codes.has(code), `${code} was never met: ${[...codes].join(" ")}`);
      await file.close();
    });
  }
});
