import { Queue, sleep, taskGroup, type TaskGroup } from "gyre";
import { claim, type Planted, somewhere } from "../planted.ts";

interface Message {
  readonly kind: "candidacy" | "vote";
  readonly from: number;
  readonly term: number;
}

const NODES = 3;
const MAJORITY = 2;
const LATENCY = 5; // ms

/** Inboxes, and the links between them: some of them cut. */
class Network {
  readonly inboxes = Array.from({ length: NODES }, () => new Queue<Message>());
  readonly #group: TaskGroup;
  readonly #cut = new Set<string>();

  constructor(group: TaskGroup) {
    this.#group = group;
  }

  partition(a: number, b: number): void {
    this.#cut.add(`${a}-${b}`).add(`${b}-${a}`);
  }

  send(to: number, message: Message): void {
    if (this.#cut.has(`${message.from}-${to}`)) return;
    this.#group.createTask(async () => {
      await sleep(LATENCY);
      await somewhere(message.from * 3); // switches on the way
      if (!this.#cut.has(`${message.from}-${to}`)) await this.inboxes[to]?.put(message);
    });
  }
}

class Node {
  readonly #id: number;
  readonly #network: Network;
  readonly #group: TaskGroup;
  readonly #remembersFirst: boolean;
  /** By term, for whom it voted. */
  readonly #votes = new Map<number, number>();
  #votesForMe = 0;
  leads = false;

  constructor(id: number, network: Network, group: TaskGroup, remembersFirst: boolean) {
    this.#id = id;
    this.#network = network;
    this.#group = group;
    this.#remembersFirst = remembersFirst;
  }

  stand(term: number): void {
    this.#votes.set(term, this.#id);
    this.#count();
    for (let to = 0; to < NODES; to++)
      if (to !== this.#id) this.#network.send(to, { kind: "candidacy", from: this.#id, term });
  }

  async serve(): Promise<void> {
    const inbox = this.#network.inboxes[this.#id] ?? new Queue<Message>();
    for await (const message of inbox) {
      if (message.kind === "vote") this.#count();
      else this.#group.createTask(() => this.#answer(message));
    }
  }

  async #answer({ from, term }: Message): Promise<void> {
    if (this.#votes.has(term)) return;
    if (this.#remembersFirst) this.#votes.set(term, from);
    await somewhere(2); // writes the vote to the disk
    this.#votes.set(term, from);
    this.#network.send(from, { kind: "vote", from: this.#id, term });
  }

  #count(): void {
    this.#votesForMe++;
    this.leads ||= this.#votesForMe >= MAJORITY;
  }
}

/** Two candidates that cannot see each other, and one voter that both can. */
function election(remembersFirst: boolean): () => Promise<void> {
  return () =>
    taskGroup(async (group) => {
      const network = new Network(group);
      const nodes = network.inboxes.map((_, id) => new Node(id, network, group, remembersFirst));
      for (const node of nodes) group.createTask(() => node.serve());
      network.partition(0, 1);
      nodes[0]?.stand(1);
      nodes[1]?.stand(1);
      await sleep(100);
      for (const inbox of network.inboxes) inbox.shutdown();
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
