/** What a loop does with sockets that programs handle themselves: each method leads into a file of `net/descriptors/`. */

import type { AddressInput, SocketAddress } from "../../net/addresses.ts";
import { sockConnect } from "../../net/descriptors/connect.ts";
import {
  sockAccept,
  sockRecv,
  sockRecvfrom,
  sockRecvfromInto,
  sockRecvInto,
  sockSendall,
  sockSendto,
} from "../../net/descriptors/operations.ts";
import type {
  AcceptingSocket,
  ConnectingSocket,
  DatagramReceivingSocket,
  DatagramSendingSocket,
  ReceivingSocket,
  SendingSocket,
} from "../../net/descriptors/raw-socket.ts";
import { sockSendfile } from "../../net/descriptors/sendfile.ts";
import type { SendableFile, SendfileOptions } from "../../net/pipes/sendfile-arguments.ts";
import type { Data } from "../../net/transports.ts";
import { ReadersLoop } from "./readers-loop.ts";

export abstract class SocketsLoop extends ReadersLoop {
  /**
   * Receives what is there, and waits for it if nothing is. Operations of one direction on one socket take their turns.
   *
   * @param sock - a `Socket` of `gyre/socket`
   * @param size - bytes at most
   * @returns no bytes at the end of the stream
   * @throws Error with the system's code - `ECONNRESET` and its like; `EBADF`: the socket is closed, or was so meanwhile
   * @throws RuntimeError `GYRE_DESCRIPTOR_IN_USE` - a transport of this loop uses the descriptor
   * @throws RuntimeError `GYRE_NOT_SUPPORTED` - descriptors cannot be watched here: see `addReader`
   * @throws TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   * @example
   * const chunk = await getRunningLoop().sockRecv(socket, 65_536);
   *
   * Cancel safety: no byte is lost. Python: `loop.sock_recv`.
   */
  sockRecv(sock: ReceivingSocket, size: number): Promise<Buffer> {
    return sockRecv(this.assembled(), sock, size);
  }

  /**
   * The same into memory of the caller.
   *
   * @returns how many bytes; 0 at the end of the stream
   * @throws as `sockRecv`
   *
   * Cancel safety: no byte is lost, and none is written to the memory afterwards. Python: `loop.sock_recv_into`.
   */
  sockRecvInto(sock: ReceivingSocket, buffer: Uint8Array): Promise<number> {
    return sockRecvInto(this.assembled(), sock, buffer);
  }

  /**
   * Receives a datagram and its sender's address, which is null where there is none. What is longer than `size` is cut off.
   *
   * @throws as `sockRecv`
   *
   * Cancel safety: no datagram is lost. Python: `loop.sock_recvfrom`.
   */
  sockRecvfrom(
    sock: DatagramReceivingSocket,
    size: number,
  ): Promise<[data: Buffer, address: SocketAddress | string | null]> {
    return sockRecvfrom(this.assembled(), sock, size);
  }

  /**
   * The same into memory of the caller.
   *
   * @param size - bytes at most; 0, the default: as many as the memory has
   * @throws as `sockRecv`
   *
   * Cancel safety: no datagram is lost. Python: `loop.sock_recvfrom_into`.
   */
  sockRecvfromInto(
    sock: DatagramReceivingSocket,
    buffer: Uint8Array,
    size = 0,
  ): Promise<[count: number, address: SocketAddress | string | null]> {
    return sockRecvfromInto(this.assembled(), sock, buffer, size);
  }

  /**
   * Sends all of the data, however often it takes.
   *
   * @throws as `sockRecv`, and `EPIPE`. Nobody knows then how much was sent
   * @example
   * await getRunningLoop().sockSendall(socket, "hello");
   *
   * Cancel safety: what was sent is sent, perhaps a part of the data; the stream is of use only if the peer can cope with that.
   * Python: `loop.sock_sendall`.
   */
  sockSendall(sock: SendingSocket, data: Data): Promise<void> {
    return sockSendall(this.assembled(), sock, data);
  }

  /**
   * Sends a datagram.
   *
   * @param address - of the system's kind: names are to be looked up before
   * @returns how many bytes were sent: all
   * @throws as `sockRecv`, and `EMSGSIZE`
   *
   * Cancel safety: it is sent or not. Python: `loop.sock_sendto`.
   */
  sockSendto(sock: DatagramSendingSocket, data: Data, address: AddressInput | string): Promise<number> {
    return sockSendto(this.assembled(), sock, data, address);
  }

  /**
   * Connects a socket. A name is looked up first, for the socket's family and type, and its first address counts.
   *
   * @param address - `{ address, port }`, or the path of a Unix socket
   * @throws Error with the system's code - `ECONNREFUSED`, `ENOTFOUND` and their like
   * @throws RuntimeError `GYRE_DESCRIPTOR_IN_USE`, `GYRE_NOT_SUPPORTED`; TypeError `GYRE_INVALID_ARGUMENT`, RangeError `GYRE_OUT_OF_RANGE`
   * @example
   * await getRunningLoop().sockConnect(socket, { address: "localhost", port: 80 });
   *
   * Cancel safety: the system goes on connecting, so close the socket. Python: `loop.sock_connect`.
   */
  sockConnect(sock: ConnectingSocket, address: AddressInput | string): Promise<void> {
    return sockConnect(this.assembled(), sock, address);
  }

  /**
   * Waits for a connection to a socket that listens.
   *
   * @returns the connection, which does not block, and the address of its other end
   * @throws as `sockRecv`, and `EMFILE`; `ECONNABORTED`: the connection was gone before it was accepted
   * @example
   * const [connection, address] = await getRunningLoop().sockAccept(listener);
   *
   * Cancel safety: a connection that came at the last moment is left to whoever accepts next. Python: `loop.sock_accept`.
   */
  sockAccept<C>(sock: AcceptingSocket<C>): Promise<[connection: C, address: SocketAddress | string]> {
    return sockAccept(this.assembled(), sock);
  }

  /**
   * Sends a file, or a part of it, by sendfile(2): its bytes do not pass through this process. Where the system refuses, they do.
   *
   * @param file - a FileHandle, whose own position neither counts nor changes, or the path of a file
   * @param options - `offset`, `count`, `onProgress` as for `loop.sendfile`; with `fallback: false` nothing is read here
   * @returns how many bytes were sent
   * @throws SendfileNotAvailableError `GYRE_SENDFILE_NOT_AVAILABLE` - the system refuses, with `fallback: false`
   * @throws ConnectionError - the connection was lost meanwhile; otherwise as `sockRecv`
   *
   * Cancel safety: what was sent is sent; `onProgress` has told how much. Python: `loop.sock_sendfile`.
   */
  sockSendfile(sock: SendingSocket, file: SendableFile, options: SendfileOptions = {}): Promise<number> {
    return sockSendfile(this.assembled(), sock, file, options);
  }
}
