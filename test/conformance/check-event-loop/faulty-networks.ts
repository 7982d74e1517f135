/** Networks with one fault each: Node's, with links, listeners and sockets that are changed in place. */
import { type EventLoop, Future } from "gyre";
import {
  BaseEventLoop,
  type DatagramLink,
  type DatagramReceiver,
  type Link,
  type LinkReceiver,
  type Listener,
  type NetworkDriver,
} from "gyre/lowlevel";
import { NodeDriver } from "#gyre/loops/node/driver.js";
import { NodeNetwork } from "#gyre/loops/node/network.js";

type Factory = () => EventLoop;

/** What was to be closed and was not, because of a fault. */
const leftovers: (() => void)[] = [];

/** Closes what the faults left open. */
export async function cleanUp(): Promise<void> {
  for (const close of leftovers.splice(0)) close();
  await new Promise((resolve) => setTimeout(resolve, 10));
}

interface Faults {
  readonly link?: (link: Link) => void;
  readonly listener?: (listener: Listener) => void;
  readonly datagrams?: (link: DatagramLink) => void;
  readonly network?: (network: NetworkDriver, loop: EventLoop) => void;
}

/** The future itself, whose result is changed before anybody else sees it. */
function changed<T>(future: Future<T>, change: ((value: T) => void) | undefined): Future<T> {
  const apply = (): void => {
    if (!future.cancelled() && future.exception() === null) change?.(future.result());
  };
  if (future.done()) apply();
  else future.addDoneCallback(apply);
  return future;
}

class ChangedNetwork extends NodeNetwork {
  readonly #faults: Faults;

  constructor(loop: EventLoop, faults: Faults) {
    super(loop);
    this.#faults = faults;
    faults.network?.(this, loop);
  }

  override connect(...args: Parameters<NodeNetwork["connect"]>): Future<Link> {
    return changed(super.connect(...args), this.#faults.link);
  }

  override bind(...args: Parameters<NodeNetwork["bind"]>): Future<Listener> {
    const { link, listener: change } = this.#faults;
    return changed(super.bind(...args), (listener) => {
      const start = listener.start.bind(listener);
      listener.start = (events) =>
        start({
          ...events,
          exhausted: (error) => events.exhausted(error),
          accepted: (accepted) => {
            link?.(accepted);
            events.accepted(accepted);
          },
        });
      change?.(listener);
    });
  }

  override openDatagrams(...args: Parameters<NodeNetwork["openDatagrams"]>): Future<DatagramLink> {
    return changed(super.openDatagrams(...args), this.#faults.datagrams);
  }
}

function faulty(faults: Faults): Factory {
  return () => {
    const openNetwork = (loop: EventLoop): NetworkDriver => new ChangedNetwork(loop, faults);
    return new BaseEventLoop(Object.assign(new NodeDriver(), { openNetwork }));
  };
}

/** A link whose reports are changed. */
function reporting(change: (receiver: LinkReceiver) => Partial<LinkReceiver>): Factory {
  return faulty({
    link: (link) => {
      const attach = link.attach.bind(link);
      link.attach = (receiver) => {
        const plain: LinkReceiver = {
          received: (chunk, borrowed) => receiver.received(chunk, borrowed),
          ended: () => receiver.ended(),
          flushed: () => receiver.flushed(),
          failed: (error) => receiver.failed(error),
        };
        attach({ ...plain, ...change(plain) });
      };
    },
  });
}

function receiving(change: (receiver: DatagramReceiver) => Partial<DatagramReceiver>): Factory {
  return faulty({
    datagrams: (link) => {
      const attach = link.attach.bind(link);
      link.attach = (receiver) => {
        const plain: DatagramReceiver = {
          received: (data, address) => receiver.received(data, address),
          flushed: () => receiver.flushed(),
          troubled: (error) => receiver.troubled(error),
          failed: (error) => receiver.failed(error),
        };
        attach({ ...plain, ...change(plain) });
      };
    },
  });
}

const everyOther = (): (() => boolean) => {
  let count = 0;
  return () => ++count % 2 === 0;
};

export const faultyNetworks: readonly (readonly [what: string, factory: Factory, caughtBy: string])[] = [
  [
    "loses the end of a stream",
    reporting(() => ({ ended: () => undefined })),
    "half-close: the end comes behind all the data",
  ],
  [
    "delivers chunks twice",
    reporting((plain) => ({
      received: (chunk, borrowed) => {
        plain.received(chunk, borrowed);
        plain.received(chunk, borrowed);
      },
    })),
    "streams: 1023 bytes in one write",
  ],
  [
    "loses chunks",
    reporting((plain) => {
      const lose = everyOther();
      return { received: (chunk, borrowed) => void (lose() || plain.received(chunk, borrowed)) };
    }),
    "streams: a conversation of three hundred turns",
  ],
  [
    "uses memory again that it gave away",
    reporting((plain) => ({ received: (chunk) => plain.received(chunk, false) })),
    "streams: a chunk that a protocol keeps does not change",
  ],
  [
    "never says that it has sent",
    reporting(() => ({ flushed: () => undefined })),
    "flow control: pause and resume alternate",
  ],
  [
    "takes a reset for an end",
    reporting((plain) => ({ failed: () => plain.ended() })),
    "closing: a reset by the peer is told as one",
  ],
  [
    "hides why a connection failed",
    reporting((plain) => ({ failed: () => plain.failed(null) })),
    "closing: a reset by the peer is told as one",
  ],
  [
    "reports from within a write",
    faulty({
      link: (link) => {
        const attach = link.attach.bind(link);
        const write = link.write.bind(link);
        let receiver: LinkReceiver | null = null;
        link.attach = (given) => attach((receiver = given));
        link.write = (chunk) => {
          write(chunk);
          receiver?.flushed();
        };
      },
    }),
    "links: report nothing from within a call",
  ],
  [
    "sends the pieces of writev in reverse",
    faulty({
      link: (link) => {
        const writev = link.writev.bind(link);
        link.writev = (chunks) => writev(chunks.toReversed());
      },
    }),
    "links: send pieces of writev in order, behind what was written",
  ],
  [
    "does not pause",
    faulty({ link: (link) => void (link.pause = () => undefined) }),
    "links: pause and go on",
  ],
  [
    "reads before it is told to",
    faulty({
      link: (link) => {
        const attach = link.attach.bind(link);
        link.attach = (receiver) => {
          attach(receiver);
          link.resume();
        };
      },
    }),
    "links: report nothing before attach, and nothing before resume",
  ],
  [
    "closes without sending what is pending",
    faulty({
      link: (link) => {
        link.close = (onClosed) => {
          link.destroy();
          onClosed(null);
        };
      },
    }),
    "closing: close() sends what is buffered first",
  ],
  [
    "ends both directions at once",
    faulty({ link: (link) => void (link.end = () => link.destroy()) }),
    "half-close: writeEof ends one direction, the other goes on",
  ],
  [
    "does not destroy",
    faulty({
      link: (link) => {
        leftovers.push(link.destroy.bind(link));
        link.destroy = () => undefined;
      },
    }),
    "closing: an orderly abort() is an end of file to the peer",
  ],
  [
    "says that nothing is pending",
    faulty({ link: (link) => void Object.defineProperty(link, "pending", { value: 0 }) }),
    "links: count what is pending, and say when it is less",
  ],
  [
    "mixes up the names of the two ends",
    faulty({
      link: (link) => {
        const info = link.info.bind(link);
        const others = new Map([
          ["sockname", "peername"],
          ["peername", "sockname"],
        ]);
        Object.defineProperty(link, "info", { value: (name: string) => info(others.get(name) ?? name) });
      },
    }),
    "connecting: from a port of one's own",
  ],
  [
    "leaves listeners open",
    faulty({
      listener: (listener) => {
        leftovers.push(listener.close.bind(listener));
        listener.close = () => undefined;
      },
    }),
    "listeners: accept nobody after close",
  ],
  [
    "refuses connections without a code",
    faulty({
      network: (network, loop) => {
        network.connect = () => {
          const future = new Future<Link>({ loop });
          future.setException(new Error("refused"));
          return future;
        };
      },
    }),
    "connecting: nobody listening is ECONNREFUSED, with the place",
  ],
  [
    "goes on connecting when it was told to give up",
    faulty({
      network: (network, loop) => {
        const connect = network.connect.bind(network);
        network.connect = (...args) => {
          const future = new Future<Link>({ loop });
          const connecting = connect(...args);
          connecting.addDoneCallback(() => {
            if (!future.done()) future.setResult(connecting.result());
            else leftovers.push(() => connecting.result().destroy());
          });
          return future;
        };
      },
    }),
    "connecting: given up by a timeout, leaves nothing open",
  ],
  [
    "leaves the file of a Unix socket",
    faulty({
      network: (network) => {
        const bind = network.bind.bind(network);
        network.bind = (target, options) => bind(target, { ...options, cleanupSocket: false });
      },
    }),
    "unix sockets: leave no file behind",
  ],
  [
    "looks up all families",
    faulty({
      network: (network) => {
        const lookup = network.lookup.bind(network);
        network.lookup = (host, port, hints) => lookup(host, port, { ...hints, type: 0 });
      },
    }),
    "names: the type and the family limit the answers",
  ],
  [
    "cuts datagrams",
    receiving((plain) => ({ received: (data, address) => plain.received(data.subarray(0, 1000), address) })),
    "datagrams: of 1472 bytes",
  ],
  [
    "loses the sender of a datagram",
    receiving((plain) => ({ received: (data, address) => plain.received(data, { ...address, port: 1 }) })),
    "datagrams: tell who sent them, and go back to them",
  ],
  [
    "hides the errors of datagrams",
    receiving(() => ({ troubled: () => undefined })),
    "datagrams: that are too large are an error on a later turn",
  ],
  [
    "leaves datagram sockets open",
    faulty({
      datagrams: (link) => {
        leftovers.push(link.destroy.bind(link));
        link.destroy = () => undefined;
      },
    }),
    "datagrams: have a port each, and one endpoint to a port",
  ],
];
