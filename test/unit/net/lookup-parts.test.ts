import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressesOfNoName, answers, socketKinds } from "#gyre/net/names/lookup-parts.js";
import { parseServices } from "#gyre/net/names/services.js";

const ANY = { family: 0, type: 0, proto: 0, flags: 0 } as const;
const PASSIVE = 1;
const NUMERICHOST = 4;
const TCP = 6;
const UDP = 17;
const STREAM = { type: 1, proto: TCP };
const DGRAM = { type: 2, proto: UDP };

const code = (expected: string) => ({ code: expected });

describe("the list of services", () => {
  it("has names, aliases and comments [DNS-01]", () => {
    const text = "# Services\n\nhttp\t80/tcp  www web # pages\ndomain 53/udp\r\nodd 1/sctp\nbroken\n";
    assert.deepEqual(parseServices(text), [
      { names: ["http", "www", "web"], port: 80, proto: TCP },
      { names: ["domain"], port: 53, proto: UDP },
    ]);
  });
});

describe("kinds of sockets", () => {
  it("are both unless one is wanted [DNS-01]", () => {
    assert.deepEqual(socketKinds(5, ANY), [
      { ...STREAM, port: 5 },
      { ...DGRAM, port: 5 },
    ]);
    assert.deepEqual(socketKinds("5", { ...ANY, type: 2 }), [{ ...DGRAM, port: 5 }]);
    assert.deepEqual(socketKinds(null, { ...ANY, proto: TCP }), [{ ...STREAM, port: 0 }]);
  });

  it("have the port of a service, where it is one of theirs [DNS-01 CONN-04]", () => {
    assert.deepEqual(socketKinds("ssh", { ...ANY, type: 1 }), [{ ...STREAM, port: 22 }]);
    assert.deepEqual(socketKinds("domain", ANY), [
      { ...STREAM, port: 53 },
      { ...DGRAM, port: 53 },
    ]);
    assert.throws(() => socketKinds("ntp", { ...ANY, type: 1 }), code("EAI_SERVICE"));
    assert.throws(() => socketKinds("no such service", ANY), code("EAI_SERVICE"));
    assert.throws(() => socketKinds("0x50", ANY), code("EAI_SERVICE"));
  });

  it("do not exist for every type and protocol [DNS-01 CONN-03]", () => {
    assert.throws(() => socketKinds(5, { ...ANY, type: 2, proto: TCP }), code("EAI_SOCKTYPE"));
    assert.throws(() => socketKinds(5, { ...ANY, type: 3 }), code("EAI_SOCKTYPE"));
  });
});

describe("what is no name", () => {
  it("is answered in the system's order [DNS-01]", () => {
    assert.deepEqual(addressesOfNoName(null, 5, ANY), ["::1", "127.0.0.1"]);
    assert.deepEqual(addressesOfNoName(null, 5, { ...ANY, flags: PASSIVE }), ["0.0.0.0", "::"]);
    assert.deepEqual(addressesOfNoName(null, 5, { ...ANY, family: 6 }), ["::1"]);
    assert.deepEqual(addressesOfNoName("fe80::1%eth0", 5, ANY), ["fe80::1%eth0"]);
    assert.equal(addressesOfNoName("example.org", 5, ANY), null);
  });

  it("may not fit [DNS-01]", () => {
    assert.throws(() => addressesOfNoName("::1", 5, { ...ANY, family: 4 }), code("EAI_ADDRFAMILY"));
    assert.throws(() => addressesOfNoName(null, null, ANY), code("ENOTFOUND"));
    assert.throws(() => addressesOfNoName("", 5, ANY), code("ENOTFOUND"));
    assert.throws(() => addressesOfNoName("a.org", 5, { ...ANY, flags: NUMERICHOST }), code("ENOTFOUND"));
  });

  it("makes an answer of each address and kind [DNS-01]", () => {
    const found = answers(["::1", "127.0.0.1"], [{ ...STREAM, port: 5 }]);
    assert.deepEqual(found, [
      { address: "::1", port: 5, family: "IPv6", ...STREAM, canonname: "" },
      { address: "127.0.0.1", port: 5, family: "IPv4", ...STREAM, canonname: "" },
    ]);
  });
});
