import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { LineClient } from "./line-client.ts";
import { startExample } from "./start.ts";

const LEVELS = ["streams", "protocol"];
const BLOCK = Buffer.alloc(1_048_576, "0123456789");
const BLOCKS = 48; // more than the system keeps, in both directions

describe("the echo example", () => {
  for (const level of LEVELS) {
    it(`sends everything back over ${level}, and ends in order on Ctrl-C`, async () => {
      const server = startExample(`echo/${level}-server.ts`, ["0"]);
      const port = await server.port();
      for (const peer of LEVELS) {
        const client = startExample(`echo/${peer}-client.ts`, [String(port), "hello", "wörld"]);
        assert.deepEqual(await client.ended, { code: 0, stdout: "hello\nwörld\n", stderr: "" });
      }
      const idle = connect(port, "127.0.0.1").resume();
      await once(idle, "connect");
      server.interrupt();
      await once(idle, "close");
      const { code, stderr } = await server.ended;
      assert.deepEqual([code, stderr], [0, ""]);
    });

    it(`makes a client wait that sends to ${level} and does not read`, async () => {
      const server = startExample(`echo/${level}-server.ts`, ["0"]);
      const port = await server.port();
      const greedy = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
      for (let block = 0; block < BLOCKS; block++) greedy.write(BLOCK);
      greedy.end();
      const other = new LineClient(port);
      for (let line = 0; line < 100; line++) {
        other.send(String(line));
        assert.equal(await other.read(), String(line));
      }
      await other.close();
      assert.ok(greedy.writableLength > BLOCK.length, "the server keeps what nobody reads");
      let echoed = 0;
      for await (const chunk of greedy) echoed += Buffer.byteLength(chunk as Buffer);
      assert.equal(echoed, BLOCKS * BLOCK.length);
      server.interrupt();
      assert.equal((await server.ended).code, 0);
    });
  }
});
