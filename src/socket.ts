/** Python's `socket`, without what waits: that is the business of a loop. */

export type { SocketAddress, SocketAddressInput } from "./sockets/addresses.ts";
export * from "./sockets/constants.ts";
export { createServer, type CreateServerOptions, fromfd, socketpair } from "./sockets/helpers.ts";
export { Socket } from "./sockets/socket.ts";
