import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { describeNative } from "../support/descriptors.ts";

const PROGRAM = `
  import { createTask, getRunningLoop, run, sleep } from "gyre";
  import { createServer, Socket, socketpair } from "gyre/socket";
  import { DefaultSelector } from "gyre/selectors";
  const codes = new Set();
  const attempt = (make) => { try { return make(); } catch (error) { codes.add(error.code); return null; } };
  await run(async () => {
    const loop = getRunningLoop();
    const listener = createServer({ address: "127.0.0.1", port: 0 });
    const client = new Socket();
    loop.addReader(client, () => undefined);
    loop.removeReader(client);
    await loop.sockConnect(client, listener.getsockname());
    const hoard = [];
    for (;;) {
      const socket = attempt(() => new Socket());
      if (socket === null) break;
      hoard.push(socket);
    }
    for (const make of [() => socketpair(), () => client.dup(), () => new DefaultSelector()])
      if (attempt(make) !== null) console.log("one more than there are");
    await loop.sockAccept(listener).catch((error) => codes.add("accept " + error.code));
    hoard.pop().close();
    const [connection] = await loop.sockAccept(listener);
    await loop.sockSendall(client, "still alive");
    console.log(String(await loop.sockRecv(connection, 100)));
    for (const socket of [connection, client, listener, ...hoard]) socket.close();
  });
  console.log([...codes].join(" "));
`;

describeNative("a process without descriptors", () => {
  for (const loop of ["node", "selector"]) {
    it(`says so, and goes on when it has one again (${loop})`, () => {
      const { stdout, stderr } = spawnSync(
        "sh",
        ["-c", `ulimit -n 400; exec "$0" --input-type=module -e "$1"`, process.execPath, PROGRAM],
        {
          encoding: "utf8",
          cwd: fileURLToPath(new URL("../../../", import.meta.url)),
          env: { ...process.env, GYRE_LOOP: loop },
        },
      );
      assert.equal(stderr, "");
      assert.equal(stdout, "still alive\nEMFILE accept EMFILE\n");
    });
  }
});
