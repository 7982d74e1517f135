import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { join } from "node:path";
import { describeOnLoops } from "../../support/loops.ts";
import { runProgram } from "../support/programs.ts";
import { connectPatiently } from "./adopted-support.ts";
import { withFolder } from "./servers-support.ts";

/** Serves on a Unix socket, and does what it is told: uses up its descriptors, gives them back, and ends. */
const PROGRAM = `
  import { closeSync, openSync } from "node:fs";
  import { Event, getRunningLoop, run } from "gyre";
  const ended = new Event();
  const taken = [];
  const commands = {
    fill() {
      try {
        for (;;) taken.push(openSync("/dev/null", "r"));
      } catch (error) {
        return error.code;
      }
    },
    free() {
      for (const descriptor of taken.splice(0)) closeSync(descriptor);
      return "freed";
    },
    quit() {
      ended.set();
      return "bye";
    },
  };
  class Obedient {
    connectionMade(transport) {
      this.transport = transport;
    }
    dataReceived(data) {
      this.transport.write(commands[data]());
    }
  }
  await run(async () => {
    const server = await getRunningLoop().createUnixServer(() => new Obedient(), process.env.SOCKET);
    await ended.wait();
    console.log("serving", server.isServing());
    server.close();
    server.closeClients();
    await server.waitClosed();
    console.log("accepted", server.statistics().accepted);
  });
`;

const LIMIT = 100;

async function ask(socket: net.Socket, command: string): Promise<string> {
  socket.write(command);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return answer.toString();
}

describeOnLoops("a server that has no descriptors left", ({ it, run }) => {
  it("drops connections, goes on with those it has, and accepts again when it can [SRV-12]", () =>
    run(() =>
      withFolder(async (folder) => {
        if ("Bun" in globalThis || "Deno" in globalThis || process.platform === "win32") return;
        const path = join(folder, "socket");
        const ending = runProgram(PROGRAM, { env: { SOCKET: path }, descriptorLimit: LIMIT });
        const control = await connectPatiently({ path });
        assert.equal(await ask(control, "fill"), "EMFILE");
        for (let index = 0; index < 5; index++) {
          const dropped = net.connect(path).on("error", () => undefined);
          await once(dropped, "connect");
          dropped.resume();
          await once(dropped, "close"); // at its end, or reset
        }
        assert.equal(await ask(control, "free"), "freed");
        const welcome = await connectPatiently({ path });
        assert.equal(await ask(welcome, "quit"), "bye");
        welcome.destroy();
        control.destroy();
        const { code, stdout, stderr } = await ending;
        assert.deepEqual([code, stdout, stderr], [0, "serving true\naccepted 2\n", ""]);
      }),
    ));
});
