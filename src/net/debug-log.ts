import { debuglog } from "node:util";

/** Says on standard error what becomes of connections, in a process with `NODE_DEBUG=gyre`. Python: the logger `asyncio`. */
export const debugLog = debuglog("gyre");
