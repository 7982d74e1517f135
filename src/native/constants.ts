/** Numbers of the systems' headers, where they differ. */

import { platform } from "node:os";

interface Constants {
  readonly AF_INET6: number;
  /** Flags of `socket` and `accept4`; 0 where the system has none, and a second call is needed. */
  readonly SOCK_NONBLOCK: number;
  readonly SOCK_CLOEXEC: number;
  readonly SOL_SOCKET: number;
  readonly SO_REUSEADDR: number;
  readonly SO_TYPE: number;
  readonly SO_ERROR: number;
  readonly SO_BROADCAST: number;
  readonly SO_SNDBUF: number;
  readonly SO_RCVBUF: number;
  readonly SO_KEEPALIVE: number;
  readonly SO_LINGER: number;
  readonly SO_REUSEPORT: number;
  readonly SO_ACCEPTCONN: number;
  /** Idle seconds before the first probe. */
  readonly TCP_KEEPIDLE: number;
  readonly TCP_KEEPINTVL: number;
  readonly TCP_KEEPCNT: number;
  readonly IPV6_V6ONLY: number;
  readonly MSG_DONTWAIT: number;
  /** A write to a connection that is gone fails, instead of raising SIGPIPE. */
  readonly MSG_NOSIGNAL: number;
  readonly O_NONBLOCK: number;
}

/** <asm-generic/socket.h>, <bits/socket.h>, <netinet/tcp.h>, <linux/in6.h> */
const LINUX: Constants = {
  AF_INET6: 10,
  SOCK_NONBLOCK: 0x800,
  SOCK_CLOEXEC: 0x8_0000,
  SOL_SOCKET: 1,
  SO_REUSEADDR: 2,
  SO_TYPE: 3,
  SO_ERROR: 4,
  SO_BROADCAST: 6,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  SO_KEEPALIVE: 9,
  SO_LINGER: 13,
  SO_REUSEPORT: 15,
  SO_ACCEPTCONN: 30,
  TCP_KEEPIDLE: 4,
  TCP_KEEPINTVL: 5,
  TCP_KEEPCNT: 6,
  IPV6_V6ONLY: 26,
  MSG_DONTWAIT: 0x40,
  MSG_NOSIGNAL: 0x4000,
  O_NONBLOCK: 0x800,
};

/** <sys/socket.h>, <netinet/tcp.h>, <netinet6/in6.h>, <sys/fcntl.h> of macOS */
const DARWIN: Constants = {
  AF_INET6: 30,
  SOCK_NONBLOCK: 0,
  SOCK_CLOEXEC: 0,
  SOL_SOCKET: 0xffff,
  SO_REUSEADDR: 0x4,
  SO_TYPE: 0x1008,
  SO_ERROR: 0x1007,
  SO_BROADCAST: 0x20,
  SO_SNDBUF: 0x1001,
  SO_RCVBUF: 0x1002,
  SO_KEEPALIVE: 0x8,
  SO_LINGER: 0x1080, // SO_LINGER_SEC
  SO_REUSEPORT: 0x200,
  SO_ACCEPTCONN: 0x2,
  TCP_KEEPIDLE: 0x10,
  TCP_KEEPINTVL: 0x101,
  TCP_KEEPCNT: 0x102,
  IPV6_V6ONLY: 27,
  MSG_DONTWAIT: 0x80,
  MSG_NOSIGNAL: 0x8_0000,
  O_NONBLOCK: 0x4,
};

export const isDarwin = platform() === "darwin";

export const {
  AF_INET6,
  SOCK_NONBLOCK,
  SOCK_CLOEXEC,
  SOL_SOCKET,
  SO_REUSEADDR,
  SO_TYPE,
  SO_ERROR,
  SO_BROADCAST,
  SO_SNDBUF,
  SO_RCVBUF,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_REUSEPORT,
  SO_ACCEPTCONN,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_KEEPCNT,
  IPV6_V6ONLY,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  O_NONBLOCK,
} = isDarwin ? DARWIN : LINUX;

// The same everywhere.
export const AF_UNIX = 1;
export const AF_INET = 2;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;
export const IPPROTO_IPV6 = 41;
export const TCP_NODELAY = 1;
export const SHUT_RD = 0;
export const SHUT_WR = 1;
export const SHUT_RDWR = 2;
export const MSG_PEEK = 2;
export const SOMAXCONN = 128;
