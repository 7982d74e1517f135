/**
 * The load generator in Node: `client.js PORT CONNECTIONS BYTES [tls]`. load.c says what it has to do. It drives TLS, and everything
 * where no C compiler is; it takes about as much CPU time as the servers that it drives.
 */
import { once } from "node:events";
import net from "node:net";
import { createInterface } from "node:readline";
import tls from "node:tls";

const COMPARED = 64;
const [port = 0, connections = 0, size = 0] = process.argv.slice(2, 5).map(Number);
const secure = process.argv[5] === "tls";

const payload = Buffer.alloc(size);
for (let i = 0, state = 1; i < size; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  payload[i] = state >>> 24;
}

/** The requests of all connections, one run after the other. */
class Run {
  #deadline = 0;
  #active = 0;
  #replies = 0;
  #onOver: () => void = () => undefined;

  async of(clients: readonly Client[], milliseconds: number): Promise<string> {
    const [start, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
    this.#deadline = performance.now() + milliseconds;
    this.#active = clients.length;
    this.#replies = 0;
    const over = new Promise<void>((resolve) => {
      this.#onOver = resolve;
    });
    for (const client of clients) client.begin();
    await over;
    const { user, system } = process.cpuUsage(cpu);
    return `${this.#replies} ${process.hrtime.bigint() - start} ${(user + system) * 1000}`;
  }

  /** Whether there is time for another request. */
  replied(): boolean {
    this.#replies++;
    if (performance.now() < this.#deadline) return true;
    if (--this.#active === 0) this.#onOver();
    return false;
  }
}

class Client {
  readonly #socket: net.Socket;
  readonly #run: Run;
  #received = 0;
  #replies = 0;

  constructor(socket: net.Socket, of: Run) {
    this.#socket = socket;
    this.#run = of;
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (error) => fail(error.message));
    socket.on("close", () => fail("the server closed a connection"));
  }

  begin(): void {
    this.#replies = 0;
    this.#send();
  }

  #send(): void {
    this.#received = 0;
    this.#socket.write(payload);
  }

  #take(chunk: Buffer): void {
    const end = this.#received + chunk.length;
    if (end > size) fail(`${end} bytes came back where ${size} were sent`);
    if (this.#replies % COMPARED === 0 && !chunk.equals(payload.subarray(this.#received, end)))
      fail(`other bytes came back than were sent, between ${this.#received} and ${end}`);
    this.#received = end;
    if (end < size) return;
    this.#replies++;
    if (this.#run.replied()) this.#send();
  }
}

/** One after the other, and each has to echo a byte first. */
async function connect(): Promise<net.Socket> {
  const host = "127.0.0.1";
  const socket = secure
    ? tls.connect({
        host,
        port,
        rejectUnauthorized: false,
        minVersion: "TLSv1.3",
        ciphers: "TLS_AES_128_GCM_SHA256",
      })
    : net.connect({ host, port });
  socket.setNoDelay();
  await once(socket, secure ? "secureConnect" : "connect");
  socket.write("x");
  await once(socket, "data");
  return socket;
}

function fail(problem: string): never {
  console.error(problem);
  process.exit(1);
}

const run = new Run();
const clients: Client[] = [];
while (clients.length < connections) {
  const socket = await connect().catch((error: unknown) => fail(`no connection: ${String(error)}`));
  clients.push(new Client(socket, run));
}
console.log("ready");
for await (const line of createInterface({ input: process.stdin }))
  console.log(await run.of(clients, Number(line.replace("run ", ""))));
process.exit();
