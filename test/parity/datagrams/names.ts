/** getaddrinfo and getnameinfo, as far as no machine differs. */
import { getRunningLoop } from "gyre";
import { type Print, scenario } from "../../support/parity.ts";

const STREAM = 1;
const DGRAM = 2;
const TCP = 6;
const AI_PASSIVE = 1;
const AI_NUMERICHOST = 4;
const NI_NUMERICHOST = 1;
const NI_NUMERICSERV = 2;
const NI_DGRAM = 16;

type Options = Parameters<ReturnType<typeof getRunningLoop>["getaddrinfo"]>[2];

async function show(
  print: Print,
  host: string | null,
  port: number | string | null,
  options: Options = {},
): Promise<void> {
  try {
    const found = await getRunningLoop().getaddrinfo(host, port, options);
    for (const one of found) print(one.family, one.type, one.proto, one.address, one.port);
  } catch {
    print("refused");
  }
}

scenario("a literal address has an answer for each kind of socket [DNS-01]", async (print) => {
  await show(print, "127.0.0.1", 80);
  await show(print, "::1", "80");
  await show(print, "127.0.0.1", null);
});

scenario("type and protocol limit the answers [DNS-01 CONN-03]", async (print) => {
  await show(print, "127.0.0.1", 80, { type: STREAM });
  await show(print, "127.0.0.1", 80, { type: DGRAM });
  await show(print, "127.0.0.1", 80, { proto: TCP });
  await show(print, "127.0.0.1", 80, { type: DGRAM, proto: TCP });
  await show(print, "127.0.0.1", 80, { type: 77 });
});

scenario("the family has to be that of the address [DNS-01 CONN-03]", async (print) => {
  await show(print, "127.0.0.1", 80, { family: 4, type: STREAM });
  await show(print, "127.0.0.1", 80, { family: 6 });
  await show(print, "::1", 80, { family: 4 });
});

scenario("no host is loopback, or with AI_PASSIVE every interface [DNS-01]", async (print) => {
  await show(print, null, 80, { type: STREAM });
  await show(print, null, 80, { type: STREAM, flags: AI_PASSIVE });
  await show(print, null, 80, { type: DGRAM, family: 4 });
  await show(print, null, null);
  await show(print, "", 80);
});

scenario("a service has the port and the protocols that it is known for [DNS-01 CONN-04]", async (print) => {
  await show(print, "127.0.0.1", "ssh");
  await show(print, "127.0.0.1", "domain");
  await show(print, "127.0.0.1", "http", { type: STREAM });
  await show(print, "127.0.0.1", "ssh", { type: DGRAM });
  await show(print, "127.0.0.1", "no such service");
  await show(print, "127.0.0.1", "0x50");
});

scenario("AI_NUMERICHOST refuses names [DNS-01 CONN-03]", async (print) => {
  await show(print, "localhost", 80, { flags: AI_NUMERICHOST });
  await show(print, "127.0.0.1", 80, { type: STREAM, flags: AI_NUMERICHOST });
});

scenario("localhost is this machine [DNS-01]", async (print) => {
  await show(print, "localhost", 80, { family: 4, type: STREAM });
});

scenario("numbers of addresses and ports stay numbers where that is wanted [DNS-02]", async (print) => {
  const loop = getRunningLoop();
  print(await loop.getnameinfo({ address: "127.0.0.1", port: 80 }, NI_NUMERICHOST | NI_NUMERICSERV));
  print(await loop.getnameinfo({ address: "127.0.0.1", port: 80 }, NI_NUMERICHOST));
  print(await loop.getnameinfo({ address: "::1", port: 69 }, NI_NUMERICHOST | NI_DGRAM));
  print(await loop.getnameinfo({ address: "127.0.0.1", port: 64_999 }, NI_NUMERICHOST));
});

scenario("a name is no address [DNS-02]", async (print) => {
  try {
    print(await getRunningLoop().getnameinfo({ address: "localhost", port: 80 }));
  } catch {
    print("refused");
  }
});
