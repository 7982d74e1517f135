/** startTls: TLS upon connections that are in use. */
import { type Protocol, getRunningLoop, type StreamProtocol, type Transport } from "gyre";
import { scenario } from "../../support/parity.ts";
import { Recorder, withPair } from "../recording.ts";
import { failure, serving, trusting } from "../tls-pairs.ts";

const LOCALHOST = { serverHostname: "localhost" };
const SERVER_SIDE = { serverSide: true };

function upgrade(
  client: Transport,
  server: Transport,
  protocol: StreamProtocol = client.getProtocol(),
): Promise<[Transport, Transport]> {
  const loop = getRunningLoop();
  return Promise.all([
    loop.startTls(client, protocol, trusting(), LOCALHOST),
    loop.startTls(server, server.getProtocol() as Protocol, serving(), SERVER_SIDE),
  ]);
}

scenario("the connection goes on, and is not announced again [TLS-02]", (print) =>
  withPair(async (client, server) => {
    client.transport.write("plain");
    await server.until(() => server.text === "plain");
    const [upper] = await upgrade(client.transport, server.transport);
    print(upper === client.transport, upper.getProtocol() === client);
    upper.write(" secret");
    await server.until(() => server.text === "plain secret");
    upper.close();
    await client.lost();
    await server.lost();
    print(server.events);
    print(client.events[0], client.events.at(-1));
  }),
);

scenario("what was written before is sent before [TLS-02]", (print) =>
  withPair(async (client, server) => {
    server.transport.write("plain");
    const loop = getRunningLoop();
    const lower = loop.startTls(server.transport, server, serving(), SERVER_SIDE);
    await client.until(() => client.text === "plain");
    const upper = await loop.startTls(client.transport, client, trusting(), LOCALHOST);
    (await lower).write(" secret");
    await client.until(() => client.text === "plain secret");
    print(client.events);
    upper.abort();
    await client.lost();
  }),
);

scenario("another protocol takes over [TLS-02]", (print) =>
  withPair(async (client, server) => {
    const next = new Recorder();
    const [, lower] = await upgrade(client.transport, server.transport, next);
    lower.write("for the new one");
    await next.until(() => next.text !== "");
    lower.close();
    await next.lost();
    print(client.events, next.events);
    client.connectionLost(null);
  }),
);

scenario("TLS in TLS [TLS-02]", (print) =>
  withPair(async (client, server) => {
    let [upper, lower] = await upgrade(client.transport, server.transport);
    [upper, lower] = await upgrade(upper, lower);
    upper.write("deep");
    await server.until(() => server.text === "deep");
    lower.write("down");
    await client.until(() => client.text === "down");
    upper.close();
    await client.lost();
    await server.lost();
    print(server.events);
    print(client.events.slice(0, 2), client.events.at(-1));
  }),
);

scenario("a bad certificate closes the connection and says so [TLS-02 TLS-10]", (print) =>
  withPair(async (client, server) => {
    const loop = getRunningLoop();
    const lower = failure(() => loop.startTls(server.transport, server, serving("expired"), SERVER_SIDE));
    print(await failure(() => loop.startTls(client.transport, client, trusting(), LOCALHOST)));
    await client.lost();
    print(client.events);
    await lower;
    await server.lost();
    print(server.events[0], server.events.length);
  }),
);

scenario("a peer that closes instead of a handshake [TLS-02]", (print) =>
  withPair(async (client, server) => {
    server.dataReceived = () => server.transport.close();
    const loop = getRunningLoop();
    print(await failure(() => loop.startTls(client.transport, client, trusting(), LOCALHOST)));
    await client.lost();
    print(client.events);
  }),
);

scenario("what is no transport, and no context [TLS-02]", (print) =>
  withPair(async (client) => {
    const loop = getRunningLoop();
    const wrong: unknown = {};
    const { transport } = client;
    print(await failure(async () => loop.startTls(wrong as Transport, client, trusting(), LOCALHOST)));
    print(await failure(async () => loop.startTls(transport, client, "context" as never)));
    print(await failure(async () => loop.startTls(transport, client, null as never)));
  }),
);
