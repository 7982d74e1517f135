/** The commands that are answered at once. Those that wait are in session.ts. */

import { List } from "./list.ts";
import { array, bulk, failure, integer, NULL, OK, PONG } from "./reply.ts";
import type { Store } from "./store.ts";

/** @param words - those after the name; they point into the memory of the socket */
type Command = (store: Store, ...words: Buffer[]) => Buffer;

const WRONG_NUMBER = "ERR value is not an integer or out of range";
const EMPTY: Buffer = Buffer.alloc(0);

export class CommandError extends Error {
  override readonly name = "CommandError";
}

const COMMANDS: Readonly<Record<string, readonly [least: number, command: Command]>> = {
  PING: [0, (_store, message) => (message === undefined ? PONG : bulk(message))],
  ECHO: [1, (_store, message) => bulk(message)],
  SET: [2, set],
  GET: [1, (store, key) => bulk(store.bytes(text(key)))],
  GETDEL: [1, (store, key) => after(bulk(store.bytes(text(key))), () => store.delete(text(key)))],
  APPEND: [2, append],
  STRLEN: [1, (store, key) => integer(store.bytes(text(key))?.length ?? 0)],
  MSET: [2, mset],
  MGET: [1, (store, ...keys) => array(keys.map((key) => bulk(store.bytes(text(key)))))],
  INCR: [1, (store, key) => add(store, key, 1)],
  DECR: [1, (store, key) => add(store, key, -1)],
  INCRBY: [2, (store, key, amount) => add(store, key, number(amount))],
  DECRBY: [2, (store, key, amount) => add(store, key, -number(amount))],
  DEL: [1, (store, ...keys) => integer(keys.filter((key) => store.delete(text(key))).length)],
  EXISTS: [1, (store, ...keys) => integer(keys.filter((key) => store.has(text(key))).length)],
  EXPIRE: [2, (store, key, seconds) => expire(store, key, number(seconds) * 1000)],
  PEXPIRE: [2, (store, key, milliseconds) => expire(store, key, number(milliseconds))],
  PERSIST: [1, (store, key) => integer(Number(store.expire(text(key), Infinity)))],
  TTL: [1, (store, key) => timeLeft(store, key, 1000)],
  PTTL: [1, (store, key) => timeLeft(store, key, 1)],
  LPUSH: [2, (store, key, ...values) => integer(store.push(text(key), values.map(copy), "left"))],
  RPUSH: [2, (store, key, ...values) => integer(store.push(text(key), values.map(copy), "right"))],
  LPOP: [1, (store, key) => bulk(store.pop(text(key), "left"))],
  RPOP: [1, (store, key) => bulk(store.pop(text(key), "right"))],
  LLEN: [1, (store, key) => integer(store.list(text(key))?.length ?? 0)],
  LRANGE: [
    3,
    (store, key, from, to) => array(range(store.list(text(key)) ?? new List(), from, to).map(bulk)),
  ],
  HSET: [3, hset],
  HGET: [2, (store, key, field) => bulk(store.hash(text(key))?.get(text(field)))],
  HGETALL: [1, (store, key) => array([...(store.hash(text(key)) ?? [])].flat().map(bulk))],
  SADD: [2, sadd],
  SPOP: [1, spop],
  SMEMBERS: [1, (store, key) => array([...(store.members(text(key)) ?? [])].map(bulk))],
  SCARD: [1, (store, key) => integer(store.members(text(key))?.size ?? 0)],
  KEYS: [
    1,
    (store, pattern) =>
      array(
        store
          .keys()
          .filter(matcher(text(pattern)))
          .map(bulk),
      ),
  ],
  DBSIZE: [0, (store) => integer(store.size)],
  FLUSHALL: [0, (store) => after(OK, () => store.clear())],
  CONFIG: [1, (_store, _get, name) => array([bulk(name), bulk("")])], // redis-benchmark asks
  COMMAND: [0, () => array([])], // redis-cli asks
};

/** @throws CommandError, WrongKindError - what is to be told to the client */
export function execute(store: Store, name: string, words: Buffer[]): Buffer {
  const found = COMMANDS[name];
  if (found === undefined) throw new CommandError(`ERR unknown command '${name}'`);
  const [least, command] = found;
  if (words.length < least)
    throw new CommandError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
  return command(store, ...words);
}

function set(store: Store, key = EMPTY, value = EMPTY, ...options: Buffer[]): Buffer {
  const words = options.map((option) => text(option).toUpperCase());
  const name = text(key);
  if (words.includes("NX") && store.has(name)) return NULL;
  if (words.includes("XX") && !store.has(name)) return NULL;
  store.set(name, copy(value), Date.now() + lifetime(words));
  return OK;
}

function lifetime(words: readonly string[]): number {
  for (const [unit, milliseconds] of [["EX", 1000] as const, ["PX", 1] as const]) {
    const index = words.indexOf(unit);
    if (index >= 0) return number(Buffer.from(words[index + 1] ?? "")) * milliseconds;
  }
  return Infinity;
}

function append(store: Store, key = EMPTY, value = EMPTY): Buffer {
  const joined = Buffer.concat([store.bytes(text(key)) ?? EMPTY, value]);
  store.set(text(key), joined);
  return integer(joined.length);
}

function mset(store: Store, ...pairs: Buffer[]): Buffer {
  if (pairs.length % 2 !== 0) throw new CommandError("ERR wrong number of arguments for 'mset' command");
  for (let index = 0; index < pairs.length; index += 2)
    store.set(text(pairs[index]), copy(pairs[index + 1] ?? EMPTY));
  return OK;
}

function add(store: Store, key: Buffer | undefined, amount: number): Buffer {
  const sum = number(store.bytes(text(key)) ?? Buffer.from("0")) + amount;
  if (!Number.isSafeInteger(sum)) throw new CommandError(WRONG_NUMBER);
  store.set(text(key), Buffer.from(String(sum)));
  return integer(sum);
}

function expire(store: Store, key: Buffer | undefined, milliseconds: number): Buffer {
  return integer(Number(store.expire(text(key), Date.now() + milliseconds)));
}

function timeLeft(store: Store, key: Buffer | undefined, unit: number): Buffer {
  const left = store.timeLeft(text(key));
  if (left === undefined) return integer(-2);
  return integer(left === Infinity ? -1 : Math.ceil(left / unit));
}

/** Both ends are included; negative ones count from the end. */
function range(list: List, from: Buffer | undefined, to: Buffer | undefined): Buffer[] {
  const last = number(to);
  return list.slice(number(from), last === -1 ? undefined : last + 1);
}

function hset(store: Store, key = EMPTY, ...pairs: Buffer[]): Buffer {
  const hash = store.hash(text(key)) ?? new Map<string, Buffer>();
  const before = hash.size;
  for (let index = 0; index < pairs.length; index += 2)
    hash.set(text(pairs[index]), copy(pairs[index + 1] ?? EMPTY));
  store.set(text(key), hash);
  return integer(hash.size - before);
}

function sadd(store: Store, key = EMPTY, ...members: Buffer[]): Buffer {
  const found = store.members(text(key)) ?? new Set<string>();
  const before = found.size;
  for (const member of members) found.add(text(member));
  store.set(text(key), found);
  return integer(found.size - before);
}

function spop(store: Store, key = EMPTY): Buffer {
  const found = store.members(text(key));
  const [first] = found ?? [];
  if (first === undefined) return NULL;
  found?.delete(first);
  if (found?.size === 0) store.delete(text(key));
  return bulk(first);
}

function matcher(pattern: string): (key: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`, "s");
  return (key) => expression.test(key);
}

function number(word: Buffer | undefined): number {
  const value = text(word);
  if (!/^-?\d{1,15}$/.test(value)) throw new CommandError(WRONG_NUMBER);
  return Number(value);
}

/** Keys are texts of one character a byte, so that every key is one. */
function text(word: Buffer = EMPTY): string {
  return word.toString("latin1");
}

function copy(value: Buffer): Buffer {
  return Buffer.from(value);
}

function after(reply: Buffer, action: () => unknown): Buffer {
  action();
  return reply;
}

export function errorReply(error: unknown): Buffer {
  if (error instanceof CommandError) return failure(error.message);
  return failure("WRONGTYPE Operation against a key holding the wrong kind of value");
}
