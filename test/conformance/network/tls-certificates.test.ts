import assert from "node:assert/strict";
import { type ConnectionOptions, getRunningLoop } from "gyre";
import { identity } from "../../support/certificates.ts";
import { expectTrouble } from "../../support/leaks.ts";
import { describeOnLoops } from "../../support/loops.ts";
import { Recorder } from "./recording.ts";
import { codeOf, connectTls, SERVING, TRUSTING, withTlsServer } from "./tls-support.ts";

type Identity = Parameters<typeof identity>[0];

/** What a client gets of a server with that certificate: the code of an error, or "no error". */
async function connectionTo(server: Identity, options: ConnectionOptions = {}): Promise<string> {
  const recorder = new Recorder();
  return withTlsServer(
    () => recorder,
    (port) => {
      const client = new Recorder({ connectionMade: ({ transport }) => transport.abort() });
      return codeOf(connectTls(port, client, options));
    },
    { ssl: identity(server) },
  );
}

describeOnLoops("the certificate of a server", ({ it, run }) => {
  it("is accepted for the address or the name that the client asked for [CONN-12]", () =>
    run(async () => {
      assert.equal(await connectionTo("server"), "no error");
      assert.equal(await connectionTo("server", { serverHostname: "localhost" }), "no error");
    }));

  it("is refused if it is for another host, unless the client does not mind [CONN-12 TLS-10]", () =>
    run(async () => {
      assert.equal(await connectionTo("elsewhere"), "ERR_TLS_CERT_ALTNAME_INVALID");
      assert.equal(
        await connectionTo("server", { serverHostname: "wrong.test" }),
        "ERR_TLS_CERT_ALTNAME_INVALID",
      );
      assert.equal(await connectionTo("elsewhere", { serverHostname: "elsewhere.test" }), "no error");
      assert.equal(await connectionTo("elsewhere", { serverHostname: "" }), "no error");
    }));

  it("is compared with the name in the options, if there is one [CONN-12]", () =>
    run(async () => {
      const ssl = { ...TRUSTING, servername: "elsewhere.test" };
      assert.equal(await connectionTo("elsewhere", { ssl }), "no error");
      assert.equal(await connectionTo("server", { ssl }), "ERR_TLS_CERT_ALTNAME_INVALID");
      assert.equal(await connectionTo("server", { ssl, serverHostname: "localhost" }), "no error");
    }));

  it("is refused if it has expired, whatever its name [TLS-10]", () =>
    run(async () => {
      assert.equal(await connectionTo("expired"), "CERT_HAS_EXPIRED");
      assert.equal(await connectionTo("expired", { serverHostname: "" }), "CERT_HAS_EXPIRED");
    }));

  it("is refused if nobody whom the client trusts has signed it [TLS-10 CONN-12]", () =>
    run(async () => {
      assert.equal(await connectionTo("stranger"), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
      assert.equal(await connectionTo("server", { ssl: true }), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
      assert.equal(await connectionTo("stranger", { ssl: { rejectUnauthorized: false } }), "no error");
    }));

  it("can be judged by the program itself [CONN-12]", () =>
    run(async () => {
      const refusal = Object.assign(new Error("not today"), { code: "NOT_TODAY" });
      const asked: string[] = [];
      const checkServerIdentity = (host: string) => {
        asked.push(host);
        return refusal;
      };
      assert.equal(await connectionTo("server", { ssl: { ...TRUSTING, checkServerIdentity } }), "NOT_TODAY");
      assert.deepEqual(asked, ["127.0.0.1"]);
    }));

  it("leaves the server alive and silent when a client refuses it [SRV-13 TLS-01]", () =>
    run(async () => {
      const recorder = new Recorder();
      await withTlsServer(
        () => recorder,
        async (port) => {
          await codeOf(connectTls(port, new Recorder(), { ssl: true }));
          const client = await connectTls(port, new Recorder());
          await recorder.untilEvent("made");
          client.transport.close();
          await client.untilLost();
          await recorder.untilLost();
        },
      );
    }));
});

describeOnLoops("the certificate of a client", ({ it, run }) => {
  const asking = { ...SERVING, ...TRUSTING, requestCert: true };

  it("is seen by the server that asks for it [TLS-03]", () =>
    run(async () => {
      const recorder = new Recorder();
      await withTlsServer(
        () => recorder,
        async (port) => {
          const client = await connectTls(port, new Recorder(), {
            ssl: { ...TRUSTING, ...identity("client") },
          });
          await recorder.untilEvent("made");
          assert.equal(recorder.transport.getExtraInfo("peercert")?.subject.CN, "client");
          client.transport.close();
          await client.untilLost();
        },
        { ssl: asking },
      );
    }));

  for (const name of ["stranger", "expired", null] as const) {
    it("is refused, and the protocol hears nothing, if it is not good [SRV-13 TLS-10]", () =>
      run(async () => {
        getRunningLoop().setDebug(true);
        expectTrouble("report", /incoming connection could not be set up/);
        const recorder = new Recorder();
        await withTlsServer(
          () => recorder,
          async (port) => {
            const ssl = { ...TRUSTING, ...(name === null ? {} : identity(name)) };
            const client = await connectTls(port, new Recorder(), { ssl });
            await client.untilLost(); // with TLS 1.3 the client has finished before it is judged
            assert.deepEqual(recorder.events, []);
          },
          { ssl: asking },
        );
      }));
  }

  it("may be missing where the server says so [TLS-03]", () =>
    run(async () => {
      const recorder = new Recorder();
      await withTlsServer(
        () => recorder,
        async (port) => {
          const client = await connectTls(port, new Recorder(), {
            ssl: { ...TRUSTING, ...identity("stranger") },
          });
          await recorder.untilEvent("made");
          assert.equal(recorder.transport.getExtraInfo("sslObject")?.authorized, false);
          client.transport.close();
          await client.untilLost();
        },
        { ssl: { ...asking, rejectUnauthorized: false } },
      );
    }));
});
