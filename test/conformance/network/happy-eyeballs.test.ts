import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CancelledError,
  createTask,
  ExceptionGroup,
  getRunningLoop,
  sleep,
  type Task,
  type Transport,
} from "gyre";
import { guardLeaks } from "../../support/leaks.ts";
import { Recorder } from "./recording.ts";
import { runStubbed, type StubNetwork, systemError } from "./stub-network.ts";

type Options = Parameters<ReturnType<typeof getRunningLoop>["createConnection"]>[3];

const NAMES = {
  dual: ["6::1", "6::2", "6::3", "4.1", "4.2"],
  one: ["4.1"],
  three: ["4.1", "4.2", "4.3"],
  nowhere: [],
  local4: ["4.8", "4.9"],
  local6: ["6::9"],
};
const LONG = 60_000; // ms: will not pass in a test
const SHORT = 2; // ms
const refused = systemError("ECONNREFUSED");

const connect = (host: string, options: Options = {}): Task<[Transport, Recorder]> =>
  createTask(() => getRunningLoop().createConnection(() => new Recorder(), host, 80, options));

const order = ({ attempts }: StubNetwork): string[] => attempts.map(({ to }) => to);

/** Lets attempts fail until the last one. */
async function failAll(network: StubNetwork, count: number, error: (index: number) => Error): Promise<void> {
  for (let index = 0; index < count; index++) (await network.attempt(index)).fail(error(index));
}

async function closeEnd([transport, protocol]: readonly [Transport, Recorder]): Promise<void> {
  transport.close();
  await protocol.untilLost();
}

describe("trying addresses one after the other", () => {
  guardLeaks();

  it("goes on to the next one after an error of the system [CONN-07]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("three");
      (await network.attempt(0)).fail(refused);
      (await network.attempt(1)).fail(systemError("ENETUNREACH"));
      (await network.attempt(2)).succeed();
      await closeEnd(await connecting);
      assert.deepEqual(order(network), ["4.1", "4.2", "4.3"]);
    }));

  it("tries one at a time, and none after a success [CONN-07]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("three");
      const first = await network.attempt(0);
      await sleep(SHORT * 2);
      assert.equal(network.attempts.length, 1);
      first.succeed();
      await closeEnd(await connecting);
      assert.equal(network.attempts.length, 1);
    }));

  it("stops at an error that is not the system's [CONN-07]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("three");
      (await network.attempt(0)).fail(new Error("a bug"));
      await assert.rejects(connecting, { message: "a bug" });
      assert.equal(network.attempts.length, 1);
    }));

  it("keeps the order of the look-up, unless interleave is given [CONN-07 CONN-09]", () =>
    runStubbed(NAMES, async (network) => {
      const orders: string[] = [];
      for (const interleave of [null, 0, 1, 2, 3, 9]) {
        const before = network.attempts.length;
        const connecting = connect("dual", { interleave });
        for (let index = 0; index < 5; index++) (await network.attempt(before + index)).fail(refused);
        await assert.rejects(connecting);
        orders.push(order(network).slice(before).join(" "));
      }
      assert.deepEqual(orders, [
        "6::1 6::2 6::3 4.1 4.2",
        "6::1 6::2 6::3 4.1 4.2",
        "6::1 4.1 6::2 4.2 6::3",
        "6::1 6::2 4.1 6::3 4.2",
        "6::1 6::2 6::3 4.1 4.2",
        "6::1 6::2 6::3 4.1 4.2",
      ]);
    }));

  it("fails if the look-up finds nothing [CONN-14]", () =>
    runStubbed(NAMES, async (network) => {
      await assert.rejects(connect("nowhere"), {
        code: "ENOTFOUND",
        syscall: "getaddrinfo",
        hostname: "nowhere",
      });
      assert.equal(network.attempts.length, 0);
    }));

  it("looks up no literal address, unless it has a zone or the port is a name [CONN-04]", () =>
    runStubbed(
      { ...NAMES, "fe80::1%eth0": ["fe80::1%eth0"], "127.0.0.1": ["127.0.0.1"] },
      async (network) => {
        const cases: [string, number | string | null][] = [
          ["127.0.0.1", 80],
          ["127.0.0.1", "80"],
          ["127.0.0.1", ""],
          ["127.0.0.1", null],
          ["::1", 80],
          ["fe80::1%eth0", 80],
          ["127.0.0.1", "http"],
          ["one", 80],
        ];
        for (const [index, [host, port]] of cases.entries()) {
          const connecting = createTask(() =>
            getRunningLoop().createConnection(() => new Recorder(), host, port),
          );
          (await network.attempt(index)).succeed();
          await closeEnd(await connecting);
        }
        assert.deepEqual(network.lookups, ["fe80::1%eth0:80", "127.0.0.1:http", "one:80"]);
      },
    ));
});

describe("an attempt that fails everywhere", () => {
  guardLeaks();

  it("throws the one error, or the first if all say the same [CONN-10 CONN-11]", () =>
    runStubbed(NAMES, async (network) => {
      const one = connect("one");
      (await network.attempt(0)).fail(refused);
      await assert.rejects(one, (error) => error === refused);
      const same = connect("three");
      const errors = [1, 2, 3].map(() => systemError("ETIMEDOUT"));
      for (const [index, error] of errors.entries()) (await network.attempt(index + 1)).fail(error);
      await assert.rejects(same, (error) => error === errors[0]);
    }));

  it("throws an AggregateError with all of them if they differ, and the first one's code [CONN-10]", () =>
    runStubbed(NAMES, async (network) => {
      for (const happyEyeballsDelay of [null, SHORT]) {
        const before = network.attempts.length;
        const connecting = connect("three", { happyEyeballsDelay });
        for (const code of ["EONE", "ETWO", "ETHREE"]) {
          const index = before + ["EONE", "ETWO", "ETHREE"].indexOf(code);
          (await network.attempt(index)).fail(systemError(code));
        }
        await assert.rejects(connecting, (error) => {
          assert.equal(error instanceof AggregateError, true);
          const { errors, code, message } = error as AggregateError & { code: string };
          assert.deepEqual(
            errors.map((each: NodeJS.ErrnoException) => each.code),
            ["EONE", "ETWO", "ETHREE"],
          );
          assert.equal(code, "EONE");
          assert.match(message, /EONE.*ETWO.*ETHREE/);
          return true;
        });
      }
    }));

  it("throws an ExceptionGroup in the order of the addresses, with allErrors [CONN-10]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("three", { allErrors: true, happyEyeballsDelay: SHORT });
      const attempts = [await network.attempt(0), await network.attempt(1), await network.attempt(2)];
      for (const index of [2, 0, 1]) attempts[index]?.fail(systemError(`E${index}`));
      await assert.rejects(connecting, (error) => {
        assert.equal(error instanceof ExceptionGroup, true);
        const { errors } = error as ExceptionGroup;
        assert.deepEqual(
          errors.map((each) => (each as NodeJS.ErrnoException).code),
          ["E0", "E1", "E2"],
        );
        return true;
      });
    }));
});

describe("racing addresses", () => {
  guardLeaks();

  it("starts the next one beside the one that takes too long, in turns of the families [CONN-08 CONN-09]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("dual", { happyEyeballsDelay: SHORT });
      const last = await network.attempt(4);
      assert.deepEqual(order(network), ["6::1", "4.1", "6::2", "4.2", "6::3"]);
      assert.equal(
        network.attempts.some(({ cancelled }) => cancelled),
        false,
      );
      last.succeed();
      await closeEnd(await connecting);
      assert.deepEqual(
        network.attempts.map(({ cancelled }) => cancelled),
        [true, true, true, true, false],
      );
    }));

  it("keeps the order of the look-up with interleave 0 [CONN-09]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("dual", { happyEyeballsDelay: SHORT, interleave: 0 });
      (await network.attempt(4)).succeed();
      await closeEnd(await connecting);
      assert.deepEqual(order(network), NAMES.dual);
    }));

  it("starts the next one at once when the one before has failed [CONN-08]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("three", { happyEyeballsDelay: LONG });
      (await network.attempt(0)).fail(refused);
      (await network.attempt(1)).fail(refused);
      (await network.attempt(2)).succeed();
      await closeEnd(await connecting);
    }));

  it("lets an earlier attempt win after a later one has failed [CONN-08]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("three", { happyEyeballsDelay: SHORT });
      const third = await network.attempt(2);
      third.fail(refused);
      network.attempts[0]?.succeed();
      await closeEnd(await connecting);
      assert.deepEqual(
        network.attempts.map(({ cancelled }) => cancelled),
        [false, true, false],
      );
    }));

  it("closes whatever connects at the same moment as the winner [CONN-08]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("three", { happyEyeballsDelay: SHORT });
      await network.attempt(2);
      for (const attempt of network.attempts) attempt.succeed();
      const connected = await connecting;
      const open = network.attempts.filter(({ link }) => !link.destroyed);
      assert.equal(open.length, 1);
      await closeEnd(connected);
      assert.equal(
        network.attempts.every(({ link }) => link.destroyed),
        true,
      );
    }));

  it("closes what connects when it was given up already [CONN-08 CONN-15]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("three", { happyEyeballsDelay: SHORT });
      (await network.attempt(2)).succeed();
      await closeEnd(await connecting);
      network.attempts[0]?.succeed();
      network.attempts[1]?.fail(refused);
      assert.equal(network.attempts[0]?.link.destroyed, true);
    }));

  it("ends with an error that is not the system's, at once [CONN-08]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("three", { happyEyeballsDelay: SHORT });
      await network.attempt(1);
      network.attempts[1]?.fail(new TypeError("a bug"));
      await assert.rejects(connecting, { name: "TypeError", message: "a bug" });
      assert.equal(network.attempts[0]?.cancelled, true);
    }));

  it("gives up every attempt when it is cancelled [CONN-15 CONN-08]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("three", { happyEyeballsDelay: SHORT });
      await network.attempt(1);
      connecting.cancel();
      await assert.rejects(connecting, CancelledError);
      assert.equal(
        network.attempts.every(({ cancelled }) => cancelled),
        true,
      );
    }));

  it("leaves nothing open when it is cancelled in any turn around its success [CONN-15]", () =>
    runStubbed(NAMES, async (network) => {
      const loop = getRunningLoop();
      const options = { happyEyeballsDelay: LONG };
      for (let turns = 0; turns < 12; turns++) {
        const before = network.attempts.length;
        const using = createTask(async () => {
          const [transport] = await loop.createConnection(() => new Recorder(), "three", 80, options);
          try {
            await sleep(LONG);
          } finally {
            transport.abort();
          }
        });
        (await network.attempt(before)).succeed();
        for (let turn = 0; turn < turns; turn++) await sleep(0);
        using.cancel();
        await assert.rejects(using, CancelledError);
        assert.equal(network.attempts[before]?.link.destroyed, true, `after ${turns} turns`);
      }
    }));
});

describe("connecting from a local address", () => {
  guardLeaks();

  it("takes the first one of the family, for each address [CONN-05]", () =>
    runStubbed({ ...NAMES, both: ["4.8", "6::9"] }, async (network) => {
      const connecting = connect("dual", { localAddr: { address: "both", port: 0 }, interleave: 1 });
      await failAll(network, 5, () => refused);
      await assert.rejects(connecting, { code: "ECONNREFUSED" });
      assert.deepEqual(
        network.attempts.map(({ to, from }) => `${from} > ${to}`),
        ["6::9 > 6::1", "4.8 > 4.1", "6::9 > 6::2", "4.8 > 4.2", "6::9 > 6::3"],
      );
    }));

  it("takes the next one if it cannot be bound, and collects the errors [CONN-05 CONN-10]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("one", { localAddr: { address: "local4", port: 5 }, allErrors: true });
      (await network.attempt(0)).fail(systemError("EADDRINUSE", "first"));
      (await network.attempt(1)).fail(systemError("EADDRINUSE", "second"));
      await assert.rejects(connecting, (error) => {
        const { errors } = error as ExceptionGroup;
        assert.deepEqual(errors.map(String), ["Error: connect first", "Error: connect second"]);
        return true;
      });
    }));

  it("does not take the next one if it is the peer that refuses [CONN-05]", () =>
    runStubbed(NAMES, async (network) => {
      const connecting = connect("one", { localAddr: { address: "local4", port: 5 } });
      (await network.attempt(0)).fail(refused);
      await assert.rejects(connecting, (error) => error === refused);
      assert.equal(network.attempts.length, 1);
    }));

  it("skips addresses of other families, which is an error if there are no others [CONN-05]", () =>
    runStubbed(NAMES, async (network) => {
      const mixed = connect("dual", { localAddr: { address: "local6", port: 0 } });
      await failAll(network, 3, () => refused);
      await assert.rejects(mixed, /ECONNREFUSED.*no local address of the family IPv4/);
      assert.deepEqual(order(network), ["6::1", "6::2", "6::3"]);
      const none = connect("one", { localAddr: { address: "local6", port: 0 } });
      await assert.rejects(none, { code: "EADDRNOTAVAIL" });
    }));
});
