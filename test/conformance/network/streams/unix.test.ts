import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  ArgumentRangeError,
  ArgumentTypeError,
  openUnixConnection,
  type StreamReader,
  type StreamWriter,
  startUnixServer,
} from "gyre";
import { describeOnLoops } from "../../../support/loops.ts";
import { withFolder } from "../servers-support.ts";

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) writer.write(line);
  writer.close();
}

describeOnLoops("streams over Unix sockets", ({ it, run }) => {
  it("serve and connect [STR-03 STR-04]", () =>
    run(() =>
      withFolder(async (folder) => {
        const path = join(folder, "echo.sock");
        await using server = await startUnixServer(echo, path, { limit: 1000 });
        const [reader, writer] = await openUnixConnection(path, { limit: 10 });
        writer.write("hello\n");
        assert.equal(String(await reader.readline()), "hello\n");
        assert.equal(reader.statistics().limit, 10);
        assert.equal(writer.getExtraInfo("peername"), path);
        writer.close();
        await writer.waitClosed();
        server.close();
        assert.equal(existsSync(path), false);
      }),
    ));

  it("fail as the system does, and refuse wrong arguments [STR-03 STR-04]", { needs: ["sockets"] }, () =>
    run(() =>
      withFolder(async (folder) => {
        await assert.rejects(openUnixConnection(join(folder, "nobody")), { code: "ENOENT" });
        await assert.rejects(startUnixServer(echo, join(folder, "none", "x")), {
          code: /ENOENT|EACCES|EINVAL/,
        });
        await assert.rejects(openUnixConnection(join(folder, "x"), { limit: 0 }), ArgumentRangeError);
        // @ts-expect-error -- a string is needed
        assert.throws(() => openUnixConnection(42), ArgumentTypeError);
        // @ts-expect-error -- a function is needed
        assert.throws(() => startUnixServer(null, join(folder, "x")), ArgumentTypeError);
      }),
    ),
  );
});
