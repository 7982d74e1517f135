/** The site to crawl: real HTTP on loopback, by plain `node:http`. It knows nothing of gyre. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setInterval, setTimeout } from "node:timers/promises";
import { renderPages } from "./pages.ts";
import { assignTroubles } from "./troubles.ts";

export interface Site {
  readonly origin: string;
  readonly pageCount: number;
  /** Requests whose client hung up before the answer was complete. */
  hungUp(): number;
  close(): Promise<void>;
}

const MOVED = "/moved";

/** @param latency - how many milliseconds the site thinks about a page, on average */
export async function openSite(latency: number): Promise<Site> {
  const pages = renderPages();
  const troubles = assignTroubles(pages.keys());
  let hungUp = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://site").pathname;
    const trouble = troubles.get(path);
    response.on("close", () => {
      if (!response.writableFinished && trouble !== "reset") hungUp++;
    });
    await think(latency * (0.5 + (path.length % 5) / 4));
    switch (trouble) {
      case "stuck":
        return;
      case "reset":
        request.socket.destroy();
        return;
      case "gone":
        response.writeHead(404).end("There is no such page.");
        return;
      case "error":
        response.writeHead(500).end("The site is out of order.");
        return;
      case "moved":
        response.writeHead(302, { location: MOVED + path }).end();
        return;
      case "endless":
        return drip(response);
      case "slow":
        await think(latency * 15);
    }
    const html = pages.get(path.startsWith(MOVED) ? path.slice(MOVED.length) : path);
    response.writeHead(html === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
    response.end(html ?? "There is no such page.");
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    pageCount: pages.size + [...troubles.values()].filter((trouble) => trouble === "moved").length,
    hungUp: () => hungUp,
    async close() {
      const closed = once(server, "close");
      server.close();
      await setTimeout(20); // the news that a client hung up may still be on its way
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Keeps no process alive: a site that was closed stops thinking. */
function think(milliseconds: number): Promise<void> {
  return setTimeout(milliseconds, undefined, { ref: false });
}

/** A body without an end: until the client has had enough. */
async function drip(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  for await (const _ of setInterval(50, undefined, { ref: false })) {
    if (response.closed) return;
    response.write("<p>and another thing</p>\n");
  }
}
