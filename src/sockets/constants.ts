/** Numbers of the system's headers that sockets take, as Python's `socket` names them. They differ between systems. */

import { isDarwin } from "../native/constants.ts";

export {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPV6_V6ONLY,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  MSG_PEEK,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_ACCEPTCONN,
  SO_BROADCAST,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SO_TYPE,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  SOMAXCONN,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
} from "../native/constants.ts";

const choose = (linux: number, darwin: number): number => (isDarwin ? darwin : linux);

export const AF_UNSPEC = 0;
export const SOCK_RAW = 3;
export const SOCK_SEQPACKET = 5;
export const IPPROTO_IP = 0;
export const IPPROTO_ICMP = 1;
export const IPPROTO_ICMPV6 = 58;

export const SO_DONTROUTE = choose(5, 0x10);
export const SO_OOBINLINE = choose(10, 0x100);
export const SO_RCVLOWAT = choose(18, 0x1004);
export const SO_SNDLOWAT = choose(19, 0x1003);
/** Linux only; -1 elsewhere. */
export const SO_DOMAIN = choose(39, -1);
/** Linux only; -1 elsewhere. */
export const SO_PROTOCOL = choose(38, -1);

export const MSG_OOB = 1;
export const MSG_TRUNC = choose(0x20, 0x10);
export const MSG_WAITALL = choose(0x100, 0x40);

export const TCP_MAXSEG = 2;
/** Linux only; -1 elsewhere. */
export const TCP_CORK = choose(3, -1);
/** Milliseconds; Linux only, -1 elsewhere. */
export const TCP_USER_TIMEOUT = choose(18, -1);
/** Linux only; -1 elsewhere. */
export const TCP_QUICKACK = choose(12, -1);

export const IP_TOS = choose(1, 3);
export const IP_TTL = choose(2, 4);
export const IP_MULTICAST_IF = choose(32, 9);
export const IP_MULTICAST_TTL = choose(33, 10);
export const IP_MULTICAST_LOOP = choose(34, 11);
export const IP_ADD_MEMBERSHIP = choose(35, 12);
export const IP_DROP_MEMBERSHIP = choose(36, 13);
export const IPV6_UNICAST_HOPS = choose(16, 4);
export const IPV6_MULTICAST_IF = choose(17, 9);
export const IPV6_MULTICAST_HOPS = choose(18, 10);
export const IPV6_MULTICAST_LOOP = choose(19, 11);
export const IPV6_JOIN_GROUP = choose(20, 12);
export const IPV6_LEAVE_GROUP = choose(21, 13);
