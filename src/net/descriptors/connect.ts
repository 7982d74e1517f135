import { describe, throwWrongTypes } from "../../core/arguments.ts";
import { hasCode } from "../../core/error-codes.ts";
import { ArgumentTypeError } from "../../core/errors.ts";
import type { EventLoop } from "../../core/event-loop.ts";
import { sleep } from "../../tasks/sleep.ts";
import type { AddressInput } from "../addresses.ts";
import { resolveHost } from "../names/resolve.ts";
import { waitAndMake } from "./in-turn.ts";
import {
  AF_INET,
  AF_UNIX,
  type ConnectingSocket,
  requireNonBlocking,
  requireOpen,
  requireSocket,
} from "./raw-socket.ts";
import { WRITABLE } from "./readiness.ts";

const WHERE = "loop.sockConnect(sock, address)";
const RETRY_DELAY = 5; // ms until a Unix server whose backlog was full is asked again: the system does not tell when it is not

export function sockConnect(
  loop: EventLoop,
  sock: ConnectingSocket,
  address: AddressInput | string,
): Promise<void> {
  return throwWrongTypes(() => {
    requireSocket(sock, ["connect", "finishConnect"], WHERE);
    requireAddress(address, sock);
    return connect(loop, sock, address);
  });
}

async function connect(
  loop: EventLoop,
  sock: ConnectingSocket,
  address: AddressInput | string,
): Promise<void> {
  requireNonBlocking(loop, sock, WHERE);
  requireOpen(sock, "connect");
  const target = await resolve(loop, sock, address);
  for (;;) {
    try {
      sock.connect(target);
      return;
    } catch (error) {
      if (hasCode(error, "EINPROGRESS", "EINTR")) break; // a signal does not end the attempt
      if (!hasCode(error, "EAGAIN")) throw error;
    }
    await sleep(RETRY_DELAY);
  }
  await waitAndMake(loop, sock, { where: WHERE, direction: WRITABLE, make: () => sock.finishConnect() });
}

/** A name is looked up for what the socket is; the first answer counts, as in asyncio. */
async function resolve(
  loop: EventLoop,
  { family, type, proto }: ConnectingSocket,
  address: AddressInput | string,
): Promise<AddressInput | string> {
  if (typeof address === "string" || address.address === "") return address;
  const hints = { family: family === AF_INET ? 4 : 6, type, proto, flags: 0 } as const;
  const [first] = await resolveHost(loop, address.address, address.port, hints);
  return first ?? address;
}

function requireAddress(address: unknown, { family }: ConnectingSocket): void {
  if (family === AF_UNIX) {
    if (typeof address === "string") return;
    throw new ArgumentTypeError(
      `${WHERE}: a Unix socket connects to a path, but the address is ${describe(address)}.`,
    );
  }
  const { address: host, port } =
    typeof address === "object" && address !== null ? (address as Partial<AddressInput>) : {};
  if (typeof host === "string" && typeof port === "number") return;
  throw new ArgumentTypeError(
    `${WHERE} expects an address as { address: "127.0.0.1", port: 80 }, but got ${describe(address)}.`,
  );
}
