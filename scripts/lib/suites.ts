import { compiled, filesBelow } from "./paths.ts";

export const SUITES = ["unit", "conformance", "parity", "property", "explore"] as const;
export type Suite = (typeof SUITES)[number] | "stress" | "explore-long";

/** The compiled files of a suite. A parity topic is a test file; elsewhere test files are named `*.test.ts`. */
export function suiteFiles(suite: Suite): string[] {
  return sourcesOf(suite).map(compiled);
}

/** The environment in which parity is proved once more on the selector loop. */
export const SELECTOR = { GYRE_LOOP: "selector" };

/** The environment in which {@link socketFiles} prove on the selector loop alone what it does where the system has no io_uring. */
export const WITHOUT_RING = { GYRE_TEST_LOOPS: "selector", GYRE_IO_URING: "0" };

/** The environment in which {@link virtualFiles} run. */
export const VIRTUAL = { GYRE_LOOP: "virtual" };

/** What a loop sends and receives. */
const SOCKETS = /^test\/conformance\/(?:network|readers|sockets)\//;

/** What has peers without gyre, files, or descriptors and processes of the system. */
const HOST_SOCKETS =
  /^test\/parity\/(?:datagrams\/endpoints|pipes|processes|servers\/unix|sockets|transports\/(?:ending|flow_control))\b/;
/** The others look at one module each, without a loop. */
const ON_LOOPS = /^test\/property\/(?:cancelling|contexts|groups|streams|sync)\b/;

/** What runs once more with the virtual loop as the default one: parity topics without sockets of the host, and property tests. */
export function virtualFiles(): string[] {
  const parity = sourcesOf("parity").filter((file) => !HOST_SOCKETS.test(file));
  const property = sourcesOf("property").filter((file) => ON_LOOPS.test(file));
  return [...parity, ...property].map(compiled);
}

export function socketFiles(): string[] {
  return sourcesOf("conformance")
    .filter((file) => SOCKETS.test(file))
    .map(compiled);
}

function sourcesOf(suite: Suite): string[] {
  return suite === "parity"
    ? filesBelow("test/parity", ".ts").filter((file) => file.split("/").length === 4)
    : filesBelow(`test/${suite}`, ".test.ts");
}
