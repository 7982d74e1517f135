/** The least that Node needs: `node:net` and `node:tls` without anything upon them. */
import net, { type AddressInfo } from "node:net";
import tls from "node:tls";
import { BACKLOG } from "./order.ts";
import { announce, identity } from "./server.ts";

function echo(socket: net.Socket): void {
  socket.on("data", (data) => socket.write(data));
  socket.on("error", () => socket.destroy());
}

const server =
  identity === null
    ? net.createServer({ noDelay: true }, echo)
    : tls.createServer({ ...identity, noDelay: true }, echo);
server.listen({ host: "127.0.0.1", port: 0, backlog: BACKLOG }, () =>
  announce((server.address() as AddressInfo).port),
);
