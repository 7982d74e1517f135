/** How a connection is made: there and back, and there again. */

import type { Future } from "../../../core/future.ts";
import type { SocketAddress } from "../../../net/addresses.ts";
import type { Link } from "../../../net/driver.ts";
import { HostOperation, type Outcome } from "../../../net/host-operation.ts";
import { SimulatedConnection } from "./connection.ts";
import { Delivery } from "./delivery.ts";
import type { SimulatedHost } from "./host.ts";
import type { NetworkCore } from "./network-core.ts";
import { systemError } from "./system-error.ts";

type Target = SocketAddress | string;

export function connect(
  network: NetworkCore,
  from: SimulatedHost,
  target: Target,
  local: SocketAddress | null,
): Future<Link> {
  const begin = (outcome: Outcome<Link>): (() => void) => {
    try {
      return typeof target === "string"
        ? shakeHands(network, { from, to: from, client: "", server: target, target }, outcome)
        : connectTcp(network, from, { target, local }, outcome);
    } catch (error) {
      outcome.reject(error);
      return () => undefined;
    }
  };
  return new HostOperation<Link>(network.loop, begin, (late) => late.destroy());
}

function connectTcp(
  network: NetworkCore,
  from: SimulatedHost,
  { target, local }: { readonly target: SocketAddress; readonly local: SocketAddress | null },
  outcome: Outcome<Link>,
): () => void {
  const { ports } = from;
  const server = ports.destination(target);
  const to = ports.owns(server.address) ? from : network.hostAt(server.address);
  const client = ports.source(server, local, "connect");
  if (to === null) return waitForNobody(network, from, target, outcome);
  return shakeHands(network, { from, to, client, server, target }, outcome);
}

/** Nobody has the address: what is sent there is lost, and nobody says so. */
function waitForNobody(
  network: NetworkCore,
  from: SimulatedHost,
  target: SocketAddress,
  { reject }: Outcome<Link>,
): () => void {
  network.note(from, null, () => `connect to ${target.address}, which no host has`);
  const { loop, limits } = network;
  if (limits.connectTimeout === Infinity) return () => undefined;
  const hint = `no host of the simulated network has the address ${target.address}`;
  const limit = Delivery.schedule(loop, from, loop.time() + limits.connectTimeout, () =>
    reject(systemError("ETIMEDOUT", "connect", target, hint)),
  );
  return () => limit.cancel();
}

interface Handshake {
  readonly from: SimulatedHost;
  readonly to: SimulatedHost;
  readonly client: Target;
  readonly server: Target;
  /** As it was given, for errors. */
  readonly target: Target;
}

function shakeHands(
  network: NetworkCore,
  { from, to, target, ...addresses }: Handshake,
  { resolve, reject }: Outcome<Link>,
): () => void {
  from.requireUp("connect", target);
  const { loop, limits } = network;
  const token = {};
  const client = from.ports.occupy(token, addresses.client);
  const ends = { from, to, client, server: addresses.server };
  const connection = new SimulatedConnection(network, ends, () => from.ports.vacate(token));
  const { toServer, toClient, clientEnd } = connection;
  const giveUp = (): void => {
    limit?.cancel();
    toClient.drop();
    clientEnd.vanish();
  };
  const fail = (error: Error): void => {
    giveUp();
    network.note(from, to, () => error.message);
    reject(error);
  };
  const limit =
    from === to || limits.connectTimeout === Infinity
      ? null
      : Delivery.schedule(loop, connection, loop.time() + limits.connectTimeout, () =>
          fail(systemError("ETIMEDOUT", "connect", target)),
        );
  toServer.patience = toClient.patience = Infinity;
  network.note(from, to, () => `connect ${connection}`);
  toServer.send(0, () => {
    const found = to.ports.listenerAt(addresses.server);
    if (found.listener === null) {
      toClient.send(0, () => fail(systemError(found.code, "connect", target)));
      return;
    }
    const { listener } = found;
    toClient.send(0, () => {
      limit?.cancel();
      toServer.patience = toClient.patience = limits.retransmissionTimeout;
      network.connections.add(connection);
      network.counts.connections++;
      network.note(from, to, () => `connected ${connection}`);
      toServer.send(0, () => listener.accept(connection));
      resolve(clientEnd);
    });
  });
  return giveUp;
}
