import {
  type DatagramProtocol,
  type DatagramTransport,
  getRunningLoop,
  sleep,
  taskGroup,
  type TaskGroup,
} from "gyre";
import { type SimulatedHost, SimulatedNetwork } from "gyre/testing";
import { claim, type Planted, somewhere } from "../planted.ts";

interface Message {
  readonly kind: "candidacy" | "vote";
  readonly from: number;
}

const NODES = 3;
const MAJORITY = 2;
const PORT = 7000;
const PATIENCE = 50; // ms

/** One that may lead, on a host of its own. There is one term. */
class Node implements DatagramProtocol {
  readonly #id: number;
  readonly #hosts: readonly SimulatedHost[];
  readonly #group: TaskGroup;
  readonly #remembersFirst: boolean;
  readonly #supporters = new Set<number>();
  #transport: DatagramTransport | null = null;
  #votedFor: number | null = null;

  constructor(id: number, hosts: readonly SimulatedHost[], group: TaskGroup, remembersFirst: boolean) {
    this.#id = id;
    this.#hosts = hosts;
    this.#group = group;
    this.#remembersFirst = remembersFirst;
  }

  get leads(): boolean {
    return this.#supporters.size >= MAJORITY;
  }

  async open(): Promise<void> {
    const localAddr = { address: "0.0.0.0", port: PORT };
    const open = () => getRunningLoop().createDatagramEndpoint(() => this, { localAddr });
    await this.#hosts[this.#id]?.run(open);
  }

  /** Asks for votes, and once more for those that got lost. */
  async stand(): Promise<void> {
    this.#votedFor = this.#id;
    this.#supporters.add(this.#id);
    for (let attempt = 0; attempt < 2; attempt++) {
      for (let to = 0; to < NODES; to++) if (to !== this.#id) this.#send(to, "candidacy");
      await sleep(PATIENCE);
    }
  }

  close(): void {
    this.#transport?.close();
  }

  connectionMade(transport: DatagramTransport): void {
    this.#transport = transport;
  }

  datagramReceived(data: Buffer): void {
    const { kind, from } = JSON.parse(data.toString()) as Message;
    if (kind === "vote") this.#supporters.add(from);
    else this.#group.createTask(() => this.#answer(from));
  }

  async #answer(candidate: number): Promise<void> {
    await somewhere(candidate * 3); // checks the signature
    if (this.#votedFor !== null && this.#votedFor !== candidate) return;
    if (this.#remembersFirst) this.#votedFor = candidate;
    await somewhere(2); // writes the vote to the disk
    this.#votedFor = candidate;
    this.#send(candidate, "vote");
  }

  #send(to: number, kind: Message["kind"]): void {
    const address = this.#hosts[to]?.address ?? "";
    const message: Message = { kind, from: this.#id };
    this.#transport?.sendto(JSON.stringify(message), { address, port: PORT });
  }
}

/** Two candidates that cannot see each other for a while, and one voter that both can. */
function election(remembersFirst: boolean): () => Promise<void> {
  return () =>
    taskGroup(async (group) => {
      const network = SimulatedNetwork.running();
      const hosts = Array.from({ length: NODES }, (_, id) => network.host(`node-${id}`));
      const nodes = hosts.map((_, id) => new Node(id, hosts, group, remembersFirst));
      for (const node of nodes) await node.open();
      network.partition("node-0", "node-1");
      for (const candidate of nodes.slice(0, 2)) group.createTask(() => candidate.stand());
      await sleep(PATIENCE / 2);
      network.heal();
      await sleep(2 * PATIENCE);
      for (const node of nodes) node.close();
      claim(nodes.filter(({ leads }) => leads).length <= 1, "two lead in one term");
    });
}

export const planted: Planted = {
  name: "an election with split brain under a partition",
  symptom: /two lead in one term/,
  inMain: true,
  broken: election(false),
  fixed: election(true),
};
