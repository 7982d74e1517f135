/** Whether foreign functions can be called here. Asked before the first of them, so that nobody meets a crash instead of an error. */

import { createRequire } from "node:module";
import { platform } from "node:os";
import type koffi from "koffi";
import { RuntimeError } from "../core/errors.ts";

export type Koffi = typeof koffi;

const SYSTEMS = ["linux", "darwin"];

let loaded: Koffi | null = null;

/**
 * The library through which foreign functions are called, loaded now.
 *
 * @param wanted - what it is for, as the subject of the error's sentence
 * @throws RuntimeError `GYRE_NOT_SUPPORTED` - why it cannot work here, and what to use instead
 */
export function loadKoffi(wanted: string): Koffi {
  return (loaded ??= load(wanted));
}

function load(wanted: string): Koffi {
  const obstacle = obstacleOfHost();
  if (obstacle !== null) throw unavailable(wanted, obstacle);
  try {
    const found: Koffi = createRequire(import.meta.url)("koffi");
    return found;
  } catch (error) {
    throw unavailable(wanted, "the package koffi is not installed: run npm install koffi", error);
  }
}

function obstacleOfHost(): string | null {
  if ("bun" in process.versions) return "Bun's uv_poll ends the process"; // tried on Bun 1.4
  if ("deno" in process.versions) return "Deno's uv_poll reports only once"; // tried on Deno 2.9
  if (!SYSTEMS.includes(platform())) return `it speaks to Linux and macOS, and this is ${platform()}`;
  return null;
}

function unavailable(wanted: string, obstacle: string, cause?: unknown): RuntimeError {
  return new RuntimeError(
    "GYRE_NOT_SUPPORTED",
    `${wanted} cannot work here: ${obstacle}. Use the default loop, "node", with its transports and streams.`,
    { cause },
  );
}
