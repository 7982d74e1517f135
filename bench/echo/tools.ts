/** What the benchmark needs besides its subjects: a load generator and a certificate. Both are made in .build/. */
import { existsSync, mkdirSync } from "node:fs";
import { command } from "../../scripts/lib/command.ts";
import { fromRoot } from "../../scripts/lib/paths.ts";
import type { TlsFiles } from "./order.ts";

const FOLDER = ".build/bench/echo";

export interface LoadGenerator {
  readonly start: readonly [string, ...string[]];
  readonly note: string;
}

const NODE_CLIENT = [process.execPath, fromRoot(`${FOLDER}/client.js`)] as const;

let generator: Promise<LoadGenerator> | null = null;
let server: ReturnType<typeof compile> | null = null;
let certificate: Promise<TlsFiles | string> | null = null;

/** For plain TCP the one in C, where a compiler can make it. */
export function loadGenerator(): Promise<LoadGenerator> {
  generator ??= makeGenerator();
  return generator;
}

/** TLS is driven from Node in any case, by the Node that runs the benchmark. */
export const tlsGenerator: LoadGenerator = {
  start: NODE_CLIENT,
  note: `TLS connections come from bench/echo/client.ts on Node ${process.versions.node}, which is no cheaper than the servers: requests per second say little there.`,
};

/** A text that says why there can be none. */
export function tlsFiles(): Promise<TlsFiles | string> {
  certificate ??= makeCertificate();
  return certificate;
}

/** The path of a program of this folder. @throws Error with what the compiler says */
export async function compiledServer(): Promise<string> {
  server ??= compile("server");
  const { program, problem } = await server;
  if (problem !== null) throw new Error(`bench/echo/server.c could not be compiled: ${problem}`);
  return program;
}

async function compile(name: string): Promise<{ readonly program: string; readonly problem: string | null }> {
  mkdirSync(fromRoot(FOLDER), { recursive: true });
  const program = fromRoot(`${FOLDER}/${name}`);
  const problem = await problemOf("cc", ["-O2", "-Wall", "-Wextra", "-o", program, `bench/echo/${name}.c`]);
  return { program, problem };
}

async function makeGenerator(): Promise<LoadGenerator> {
  const { program, problem } = await compile("load");
  if (problem === null)
    return { start: [program], note: "TCP connections come from bench/echo/load.c, compiled with cc." };
  return {
    start: NODE_CLIENT,
    note: `bench/echo/load.c could not be compiled, so that bench/echo/client.ts on Node ${process.versions.node} drives the servers: it is no cheaper than they are, and requests per second say little. cc: ${problem}`,
  };
}

async function makeCertificate(): Promise<TlsFiles | string> {
  mkdirSync(fromRoot(FOLDER), { recursive: true });
  const files = { certFile: fromRoot(`${FOLDER}/cert.pem`), keyFile: fromRoot(`${FOLDER}/key.pem`) };
  if (existsSync(files.certFile) && existsSync(files.keyFile)) return files;
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650"];
  const out = ["-subj", "/CN=localhost", "-keyout", files.keyFile, "-out", files.certFile];
  const problem = await problemOf("openssl", ["req", "-x509", ...kind, ...out]);
  return problem === null ? files : `openssl made no certificate: ${problem}`;
}

/** Null if the program did what it had to. */
async function problemOf(program: string, args: readonly string[]): Promise<string | null> {
  try {
    const { ok, output } = await command(program, args, { limit: 30_000 });
    return ok ? null : output.trim().slice(0, 500);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
