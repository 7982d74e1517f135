/** createDatagramEndpoint: addresses, options, the order of calls. */
import dgram from "node:dgram";
import { once } from "node:events";
import {
  type DatagramProtocol,
  type DatagramTransport,
  Event,
  getRunningLoop,
  type SocketAddress,
  sleep,
} from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt, nameOf, outcome } from "../outcomes.ts";

const ANYWHERE = { address: "127.0.0.1", port: 0 };

class Recorder implements DatagramProtocol {
  readonly events: string[] = [];
  readonly #changed = new Event();
  #transport: DatagramTransport | null = null;

  get transport(): DatagramTransport {
    if (this.#transport === null) throw new Error("connectionMade was not called yet");
    return this.#transport;
  }

  get address(): SocketAddress {
    const address = this.transport.getExtraInfo("sockname");
    if (address === null || typeof address === "string") throw new Error("no address");
    return address;
  }

  connectionMade(transport: DatagramTransport): void {
    this.#transport = transport;
    this.#note("made");
  }

  datagramReceived(data: Buffer, _address: SocketAddress): void {
    this.#note(`got ${data.toString()}`);
  }

  errorReceived(): void {
    this.#note("error");
  }

  connectionLost(error: Error | null): void {
    this.#note(error === null ? "lost" : `lost ${nameOf(error)}`);
  }

  pauseWriting(): void {
    this.#note("pause");
  }

  resumeWriting(): void {
    this.#note("resume");
  }

  async until(event: string): Promise<void> {
    while (!this.events.includes(event)) {
      this.#changed.clear();
      await this.#changed.wait();
    }
  }

  async close(): Promise<void> {
    this.transport.close();
    await this.until("lost");
  }

  #note(event: string): void {
    this.events.push(event);
    this.#changed.set();
  }
}

/** As the options come from scenarios that pass wrong ones too. */
const opening = async (options: object): Promise<[DatagramTransport, Recorder]> =>
  getRunningLoop().createDatagramEndpoint(() => new Recorder(), options);

const open = async (options: object): Promise<Recorder> => (await opening(options))[1];

async function pair(): Promise<[server: Recorder, client: Recorder]> {
  const server = await open({ localAddr: ANYWHERE });
  return [server, await open({ remoteAddr: server.address })];
}

async function closed(...protocols: Recorder[]): Promise<void> {
  for (const protocol of protocols) await protocol.close();
}

const same = (one: unknown, other: SocketAddress): boolean =>
  typeof one === "object" && one !== null && "port" in one && one.port === other.port;

scenario("connectionMade comes before the endpoint is returned [DG-01]", async (print) => {
  getRunningLoop().callSoon(print, "a turn");
  const protocol = await open({ localAddr: ANYWHERE });
  print(protocol.events, protocol.transport.isClosing());
  await protocol.close();
  print(protocol.events, protocol.transport.isClosing());
});

scenario("an endpoint without a remote address has no peer [DG-01 DG-03]", async (print) => {
  const [server, client] = await pair();
  print(server.address.address, server.transport.getExtraInfo("peername"));
  print(client.address.address, same(client.transport.getExtraInfo("peername"), server.address));
  print(server.transport.getExtraInfo("nonsense"), server.transport.getExtraInfo("nonsense", 5));
  await closed(client, server);
});

scenario("neither addresses nor a family are refused [DG-02]", async (print) => {
  print(await outcome(opening({})));
  const protocol = await open({ family: 4 });
  print(protocol.events);
  await protocol.close();
});

scenario("addresses in another form are refused [DG-02]", async (print) => {
  for (const address of [5, [1, 2, 3]]) {
    print(await outcome(opening({ localAddr: address })));
    print(await outcome(opening({ remoteAddr: address })));
  }
});

scenario("addresses of two families are refused [DG-02]", async (print) => {
  print(await outcome(opening({ localAddr: ANYWHERE, remoteAddr: { address: "::1", port: 9 } })));
});

scenario("a name is looked up [DG-02]", async (print) => {
  const protocol = await open({ localAddr: { address: "localhost", port: 0 }, family: 4 });
  print(protocol.address.address);
  await protocol.close();
});

scenario("a socket comes without other options [DG-05]", async (print) => {
  const sock = dgram.createSocket("udp4").bind(ANYWHERE);
  await once(sock, "listening");
  print(await outcome(opening({ sock, localAddr: ANYWHERE })));
  print(await outcome(opening({ sock, allowBroadcast: true })));
  print(await outcome(opening({ sock, family: 4 })));
  const protocol = await open({ sock });
  protocol.transport.sendto("to itself", protocol.address);
  await protocol.until("got to itself");
  print(protocol.events);
  await protocol.close();
});

scenario("a connected endpoint hears its peer only [DG-03]", async (print) => {
  const [server, client] = await pair();
  const stranger = await open({ localAddr: ANYWHERE });
  stranger.transport.sendto("strange", client.address);
  server.transport.sendto("expected", client.address);
  await client.until("got expected");
  print(client.events);
  await closed(stranger, client, server);
});

scenario("with allowBroadcast the remote address is only remembered [DG-03 DG-04]", async (print) => {
  const server = await open({ localAddr: ANYWHERE });
  const client = await open({ localAddr: ANYWHERE, remoteAddr: server.address, allowBroadcast: true });
  print(client.transport.getExtraInfo("peername"));
  client.transport.sendto("to the remembered");
  await server.until("got to the remembered");
  const stranger = await open({ localAddr: ANYWHERE });
  stranger.transport.sendto("strange", client.address);
  await client.until("got strange");
  print(server.events, client.events);
  print(attempt(() => client.transport.sendto("x", stranger.address)));
  await closed(stranger, client, server);
});

scenario("another address than the remote one is refused [DG-07]", async (print) => {
  const [server, client] = await pair();
  client.transport.sendto("without");
  client.transport.sendto("with", server.address);
  await server.until("got with");
  print(server.events);
  print(attempt(() => client.transport.sendto("x", client.address)));
  print(client.transport.isClosing(), client.events);
  await closed(client, server);
});

scenario("empty datagrams are sent [DG-07]", async (print) => {
  const [server, client] = await pair();
  client.transport.sendto("");
  client.transport.sendto("end");
  await server.until("got end");
  print(server.events);
  await closed(client, server);
});

scenario("data of another type is refused [DG-07]", async (print) => {
  const [server, client] = await pair();
  for (const data of [5, null, [1, 2]]) print(attempt(() => client.transport.sendto(data as never)));
  print(client.events);
  await closed(client, server);
});

scenario("a failure is told to the protocol, which goes on [DG-07]", async (print) => {
  const [server, client] = await pair();
  print(client.transport.sendto(Buffer.alloc(70_000)));
  await client.until("error");
  client.transport.sendto("short");
  await server.until("got short");
  print(client.events, client.transport.isClosing());
  await closed(client, server);
});

scenario("close sends what came before it, and nothing after it [DG-08]", async (print) => {
  const [server, client] = await pair();
  for (let i = 0; i < 20; i++) client.transport.sendto(String(i));
  client.transport.close();
  client.transport.close();
  client.transport.sendto("late");
  print(client.events, client.transport.isClosing());
  await client.until("lost");
  await server.until("got 19");
  print(server.events.length, client.events);
  await server.close();
});

scenario("abort calls connectionLost once, on the next turn [DG-08]", async (print) => {
  const protocol = await open({ localAddr: ANYWHERE });
  protocol.transport.abort();
  protocol.transport.abort();
  protocol.transport.close();
  print(protocol.events, protocol.transport.isClosing());
  await sleep(0);
  print(protocol.events);
});

scenario("nothing is delivered after close [DG-08]", async (print) => {
  const [server, client] = await pair();
  client.transport.sendto("unheard");
  await server.close();
  print(server.events);
  await client.close();
});

scenario("the limits of the buffer are those of streams [DG-09]", async (print) => {
  const protocol = await open({ localAddr: ANYWHERE });
  const { transport } = protocol;
  const show = () => print(transport.getWriteBufferLimits(), transport.getWriteBufferSize());
  show();
  transport.setWriteBufferLimits({ high: 100 });
  show();
  transport.setWriteBufferLimits({ low: 10 });
  show();
  print(attempt(() => transport.setWriteBufferLimits({ high: 1, low: 2 })));
  transport.setWriteBufferLimits();
  show();
  await protocol.close();
});

scenario("many datagrams that the system takes at once pause nobody [DG-09]", async (print) => {
  const protocol = await open({ localAddr: ANYWHERE });
  for (let i = 0; i < 200; i++) protocol.transport.sendto(Buffer.alloc(1000), protocol.address);
  print(protocol.events, protocol.transport.getWriteBufferSize());
  await protocol.close();
});

scenario("a port that nobody listens on is told by the next error [DG-10]", async (print) => {
  const gone = await open({ localAddr: ANYWHERE });
  const remoteAddr = gone.address;
  await gone.close();
  const client = await open({ remoteAddr });
  client.transport.sendto("anybody?");
  await client.until("error");
  print(client.events, client.transport.isClosing());
  await client.close();
});

scenario(
  "an error of datagramReceived is reported, and the endpoint goes on [DG-01 DG-07]",
  async (print) => {
    const reports: unknown[] = [];
    const loop = getRunningLoop();
    loop.setExceptionHandler((_loop, { exception }) => void reports.push(exception));
    class Failing extends Recorder {
      override datagramReceived(data: Buffer, address: SocketAddress): void {
        super.datagramReceived(data, address);
        throw new RangeError("refused");
      }
    }
    const [, protocol] = await loop.createDatagramEndpoint(() => new Failing(), { localAddr: ANYWHERE });
    protocol.transport.sendto("one", protocol.address);
    await protocol.until("got one");
    protocol.transport.sendto("two", protocol.address);
    await protocol.until("got two");
    await sleep(0);
    print(reports.map(nameOf), protocol.transport.isClosing());
    await protocol.close();
    print(protocol.events);
  },
);

scenario("the protocol can be changed [DG-01]", async (print) => {
  const [server, client] = await pair();
  const second = new Recorder();
  server.transport.setProtocol(second);
  client.transport.sendto("to the second");
  await second.until("got to the second");
  print(server.events, second.events, server.transport.getProtocol() === second);
  server.transport.setProtocol(server);
  await closed(client, server);
});
