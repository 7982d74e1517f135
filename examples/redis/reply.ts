/** What the server answers, in RESP. */

export const OK = Buffer.from("+OK\r\n");
export const PONG = Buffer.from("+PONG\r\n");
export const NULL = Buffer.from("$-1\r\n");
export const NULL_ARRAY = Buffer.from("*-1\r\n");

const NUMBERS = Array.from({ length: 1024 }, (_, value) => Buffer.from(`:${value}\r\n`));
const END = Buffer.from("\r\n");

export function integer(value: number): Buffer {
  return NUMBERS[value] ?? Buffer.from(`:${value}\r\n`);
}

export function bulk(value: Buffer | string | undefined): Buffer {
  if (value === undefined) return NULL;
  const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : value;
  return Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, END]);
}

export function array(items: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(`*${items.length}\r\n`), ...items]);
}

export function failure(message: string): Buffer {
  return Buffer.from(`-${message}\r\n`);
}
