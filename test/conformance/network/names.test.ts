import assert from "node:assert/strict";
import dns from "node:dns";
import { mock } from "node:test";
import { createTask, getRunningLoop, isCancelled, sleep } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { withPeer } from "./peers.ts";

const LOCALHOST = "127.0.0.1";
const STREAM = { type: 1, proto: 6 };
const DGRAM = { type: 2, proto: 17 };
const AI_PASSIVE = 1;
const AI_CANONNAME = 2;
const NI_NUMERICHOST = 1;
const NI_NUMERICSERV = 2;
const NI_NOFQDN = 4;
const NI_NAMEREQD = 8;
const NI_DGRAM = 16;

const code = (expected: string | RegExp) => ({ code: expected });

/** Replaces the host's look-up for as long as `body` takes. */
async function withLookup(
  answer: (host: string, options: dns.LookupAllOptions) => string[],
  body: (asked: { host: string; options: dns.LookupAllOptions }[]) => Promise<void>,
): Promise<void> {
  const asked: { host: string; options: dns.LookupAllOptions }[] = [];
  type Callback = (error: null, found: { address: string; family: number }[]) => void;
  const fake = (host: string, options: dns.LookupAllOptions, callback: Callback) => {
    asked.push({ host, options });
    const found = answer(host, options).map((address) => ({
      address,
      family: address.includes(":") ? 6 : 4,
    }));
    setImmediate(callback, null, found);
  };
  const replaced = mock.method(dns, "lookup", fake as never);
  try {
    await body(asked);
  } finally {
    replaced.mock.restore();
  }
}

describeOnLoops("getaddrinfo", ({ it, run }) => {
  it("gives an answer for each kind of socket [DNS-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const here = { address: LOCALHOST, port: 80, family: "IPv4", canonname: "" };
      const found = await loop.getaddrinfo("localhost", "http", { family: 4 });
      assert.deepEqual(found[0], { ...here, ...STREAM });
      assert.deepEqual(await loop.getaddrinfo(LOCALHOST, 80), [
        { ...here, ...STREAM },
        { ...here, ...DGRAM },
      ]);
      assert.deepEqual(await loop.getaddrinfo(LOCALHOST, "80", { type: 2 }), [{ ...here, ...DGRAM }]);
      assert.deepEqual(await loop.getaddrinfo(LOCALHOST, null, { proto: 6 }), [
        { ...here, ...STREAM, port: 0 },
      ]);
    }));

  it("takes no host for loopback, or for all interfaces [DNS-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const addresses = async (flags: number, family: 0 | 4 | 6 = 0) => {
        const found = await loop.getaddrinfo(null, 5, { type: 1, flags, family });
        return found.map(({ address }) => address);
      };
      assert.deepEqual(await addresses(0), ["::1", LOCALHOST]);
      assert.deepEqual(await addresses(AI_PASSIVE), ["0.0.0.0", "::"]);
      assert.deepEqual(await addresses(AI_PASSIVE, 6), ["::"]);
    }));

  it("fails with the codes of the host [DNS-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      await assert.rejects(loop.getaddrinfo("no-such-host.invalid", 80), code(/^(ENOTFOUND|EAI_AGAIN)$/));
      await assert.rejects(loop.getaddrinfo(LOCALHOST, "no such service"), code("EAI_SERVICE"));
      await assert.rejects(loop.getaddrinfo(LOCALHOST, 80, { type: 2, proto: 6 }), code("EAI_SOCKTYPE"));
      await assert.rejects(loop.getaddrinfo(LOCALHOST, 80, { family: 6 }), code("EAI_ADDRFAMILY"));
      await assert.rejects(loop.getaddrinfo(null, null), code("ENOTFOUND"));
      await assert.rejects(loop.getaddrinfo("", 80), code("ENOTFOUND"));
    }));

  it("refuses what it cannot do, and arguments of other types [DNS-01]", () =>
    run(async () => {
      const loop = getRunningLoop();
      await assert.rejects(
        loop.getaddrinfo("localhost", 80, { flags: AI_CANONNAME }),
        code("GYRE_NOT_SUPPORTED"),
      );
      await assert.rejects(loop.getaddrinfo("localhost", 80, { flags: 2 ** 20 }), code("GYRE_OUT_OF_RANGE"));
      const ask = (...args: unknown[]) => void loop.getaddrinfo(...(args as [never, never, never]));
      for (const args of [
        [5, 80],
        ["localhost", {}],
        ["localhost", 80, { type: "1" }],
      ])
        assert.throws(() => ask(...args), code("GYRE_INVALID_ARGUMENT"));
      for (const args of [
        ["localhost", 70_000],
        ["localhost", -1],
        ["localhost", 80, { family: 10 }],
      ])
        assert.throws(() => ask(...args), code("GYRE_OUT_OF_RANGE"));
    }));

  it(
    "keeps the order of the system, and passes on family and flags [DNS-01 CONN-03]",
    { needs: ["resolver"] },
    () =>
      run(() =>
        withLookup(
          () => ["::2", "192.0.2.1", "::1"],
          async (asked) => {
            const options = { family: 6, type: 1, flags: dns.ADDRCONFIG | AI_PASSIVE } as const;
            const found = await getRunningLoop().getaddrinfo("example.org", 80, options);
            assert.deepEqual(
              found.map(({ address }) => address),
              ["::2", "192.0.2.1", "::1"],
            );
            const [{ host, options: passed } = assert.fail("nothing was looked up")] = asked;
            assert.equal(host, "example.org");
            assert.deepEqual(passed, { all: true, verbatim: true, family: 6, hints: dns.ADDRCONFIG });
          },
        ),
      ),
  );

  it("can be cancelled, and the answer is dropped [DNS-01]", { needs: ["resolver"] }, () =>
    run(() =>
      withLookup(
        () => [LOCALHOST],
        async (asked) => {
          const loop = getRunningLoop();
          const task = createTask(async () => loop.getaddrinfo("example.org", 80));
          await sleep(0);
          assert.equal(asked.length, 1);
          task.cancel();
          await assert.rejects(task, isCancelled);
          await sleep(1);
        },
      ),
    ),
  );
});

describeOnLoops("connecting by name", ({ it, run }) => {
  it("looks up names only, and once [CONN-04]", { needs: ["resolver"] }, () =>
    run(() =>
      withPeer(
        () => undefined,
        ({ port }) =>
          withLookup(
            () => [LOCALHOST],
            async (asked) => {
              for (const [host, looked] of [
                [LOCALHOST, 0],
                ["named.test", 1],
              ] as const) {
                const loop = getRunningLoop();
                const ended = loop.createFuture<void>();
                const protocol = { connectionLost: () => ended.setResult() };
                const [transport] = await loop.createConnection(() => protocol, host, port);
                assert.equal(asked.length, looked);
                transport.close();
                await ended;
              }
            },
          ),
      ),
    ),
  );

  it("takes no port for zero, and a service by its name [CONN-04]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const connect = (port: number | string | null) => loop.createConnection(() => ({}), LOCALHOST, port);
      for (const port of [null, "", 0, "0"]) await assert.rejects(connect(port), code("ECONNREFUSED"));
      await assert.rejects(connect("telnet"), { code: "ECONNREFUSED", port: 23 });
      await assert.rejects(connect("no such service"), code("EAI_SERVICE"));
    }));

  it("uses one family, protocol and flags [CONN-03]", { needs: ["resolver"] }, () =>
    run(() =>
      withLookup(
        () => [LOCALHOST],
        async (asked) => {
          const loop = getRunningLoop();
          const connect = (options: object) => loop.createConnection(() => ({}), "named.test", 0, options);
          await assert.rejects(connect({ family: 4, flags: dns.V4MAPPED }));
          assert.equal(asked[0]?.options.family, 4);
          assert.equal(asked[0]?.options.hints, dns.V4MAPPED);
          await assert.rejects(connect({ proto: 17 }), code("EAI_SOCKTYPE"));
          assert.equal(asked.length, 1);
        },
      ),
    ),
  );

  it("fails where the look-up gives nothing [CONN-14]", () =>
    run(() =>
      withLookup(
        () => [],
        async () => {
          const loop = getRunningLoop();
          await assert.rejects(
            loop.createConnection(() => ({}), "named.test", 80),
            code("ENOTFOUND"),
          );
          const remoteAddr = { address: "named.test", port: 80 };
          await assert.rejects(
            loop.createDatagramEndpoint(() => ({}), { remoteAddr }),
            code("ENOTFOUND"),
          );
        },
      ),
    ));
});

describeOnLoops("getnameinfo", ({ it, run }) => {
  it("gives names, or the numbers where these are wanted [DNS-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const http = { address: LOCALHOST, port: 80 };
      assert.deepEqual(await loop.getnameinfo(http, NI_NUMERICHOST), [LOCALHOST, "http"]);
      assert.deepEqual(await loop.getnameinfo(http, NI_NUMERICHOST | NI_NUMERICSERV), [LOCALHOST, "80"]);
      const [host, service] = await loop.getnameinfo(http, NI_NUMERICSERV);
      assert.match(host, /localhost|127\.0\.0\.1/); // a machine may not know its own name
      assert.equal(service, "80");
      const tftp = { address: "::1", port: 69 };
      assert.deepEqual(await loop.getnameinfo(tftp, NI_NUMERICHOST | NI_DGRAM), ["::1", "tftp"]);
      const nameless = { address: LOCALHOST, port: 64_999 };
      assert.deepEqual(await loop.getnameinfo(nameless, NI_NUMERICHOST), [LOCALHOST, "64999"]);
    }));

  it("gives the number where there is no name, unless a name is required [DNS-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      const nobody = Object.assign(new Error("getnameinfo ENOTFOUND"), { code: "ENOTFOUND" });
      const fake = (_address: string, _port: number, callback: (error: Error) => void) => {
        setImmediate(callback, nobody);
      };
      const replaced = mock.method(dns, "lookupService", fake as never);
      try {
        const address = { address: "192.0.2.1", port: 80 };
        assert.deepEqual(await loop.getnameinfo(address), ["192.0.2.1", "http"]);
        await assert.rejects(loop.getnameinfo(address, NI_NAMEREQD), code("ENOTFOUND"));
      } finally {
        replaced.mock.restore();
      }
    }));

  it("refuses names and what the host cannot do [DNS-02]", () =>
    run(async () => {
      const loop = getRunningLoop();
      await assert.rejects(loop.getnameinfo({ address: "localhost", port: 80 }), code("GYRE_OUT_OF_RANGE"));
      await assert.rejects(
        loop.getnameinfo({ address: LOCALHOST, port: 80 }, NI_NOFQDN),
        code("GYRE_NOT_SUPPORTED"),
      );
      const ask = (address: unknown) => void loop.getnameinfo(address as never);
      for (const address of [LOCALHOST, null, { address: LOCALHOST }, { address: 5, port: 5 }])
        assert.throws(() => ask(address), code("GYRE_INVALID_ARGUMENT"));
      assert.throws(() => ask({ address: LOCALHOST, port: 70_000 }), code("GYRE_OUT_OF_RANGE"));
    }));
});
