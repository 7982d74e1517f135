/** The names of ports, as the system's own list has them. */

import { readFileSync } from "node:fs";
import { IPPROTO_TCP, IPPROTO_UDP } from "../addresses.ts";

export interface Service {
  readonly names: readonly string[];
  readonly port: number;
  /** `IPPROTO_TCP` (6) or `IPPROTO_UDP` (17). */
  readonly proto: number;
}

const FILE =
  process.platform === "win32"
    ? `${process.env["SystemRoot"] ?? "C:\\Windows"}\\System32\\drivers\\etc\\services`
    : "/etc/services";

/** For systems without the file, such as small containers. */
const COMMON = `
ftp 21/tcp
ssh 22/tcp
telnet 23/tcp
smtp 25/tcp mail
domain 53/tcp
domain 53/udp
tftp 69/udp
http 80/tcp www
pop3 110/tcp
ntp 123/udp
imap2 143/tcp imap
snmp 161/udp
ldap 389/tcp
https 443/tcp
https 443/udp
submission 587/tcp
ldaps 636/tcp
imaps 993/tcp
pop3s 995/tcp
`;
const LINE = /^(\S+)\s+(\d+)\/(tcp|udp)\b([^#]*)/;

let known: readonly Service[] | null = null;

/** The ports of a service, at most one for each protocol. */
export function servicesNamed(name: string): Service[] {
  return services().filter(({ names }) => names.includes(name));
}

/** Null where the port has no name. */
export function serviceName(port: number, proto: number): string | null {
  return services().find((one) => one.port === port && one.proto === proto)?.names[0] ?? null;
}

export function parseServices(text: string): Service[] {
  const found: Service[] = [];
  for (const line of text.split("\n")) {
    const [, name, port, protocol, aliases] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    const names = [name, ...(aliases ?? "").split(/\s+/).filter(Boolean)];
    found.push({ names, port: Number(port), proto: protocol === "udp" ? IPPROTO_UDP : IPPROTO_TCP });
  }
  return found;
}

function services(): readonly Service[] {
  known ??= parseServices(readList());
  return known;
}

function readList(): string {
  try {
    return readFileSync(FILE, "utf8");
  } catch {
    return COMMON;
  }
}
