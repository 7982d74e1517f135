import assert from "node:assert/strict";
import { allTasks, createTask, gather, isCancelled, sleep, timeout, TimeoutError } from "gyre";
import { type Script, type ScriptError, scriptedPeer, waitAllTasksBlocked } from "gyre/testing";
import { describeOnBoth, scriptErrorOf } from "./support.ts";

/** The error that a script ends with when the code under test says this, and closes. */
async function failure(script: Script, said: string): Promise<ScriptError> {
  const scripted = scriptedPeer(script);
  const [reader, writer] = scripted.connect();
  writer.write(said);
  if (said === "") writer.writeEof();
  await reader.read(); // the close that follows on a deviation
  writer.close();
  return scriptErrorOf(scripted);
}

describeOnBoth("scriptedPeer", ({ test }) => {
  test("plays its part", async () => {
    const scripted = scriptedPeer(async (peer) => {
      await peer.expect("HELLO\r\n");
      peer.send("OK\r\n");
      const name = await peer.expectLine();
      peer.send(Buffer.from(`${name.toUpperCase()}\n`));
      await peer.expectEof();
    });
    const [reader, writer] = scripted.connect();
    writer.write("HELLO\r\n");
    assert.equal(String(await reader.readline()), "OK\r\n");
    writer.write("ada\r");
    writer.write("\n");
    assert.equal(String(await reader.readline()), "ADA\n");
    writer.close();
    await scripted.finished();
  });

  test("does not mind in which pieces the bytes come", async () => {
    const scripted = scriptedPeer(async (peer) => {
      await peer.expect("one");
      await peer.expect("two");
      await peer.expectEof();
    });
    const [, writer] = scripted.connect();
    for (const piece of ["o", "net", "wo"]) {
      writer.write(piece);
      await waitAllTasksBlocked();
    }
    writer.close();
    await scripted.finished();
  });

  test("shows what was expected, what came, and where in the script", async () => {
    const error = await failure(async (peer) => {
      await peer.expect("HI\r\n");
      peer.send("\x00\xff");
      await peer.expect("GET /\tindex\r\n");
    }, 'HI\r\nGET /\t"home"\r\n');
    assert.equal(
      error.message,
      [
        "The code under test left the script at step 3: byte 6 differs",
        '  expected "GET /\\tindex\\r\\n"',
        '  got      "GET /\\t\\"home\\"\\r\\n"',
        "                   ^",
        "The script so far:",
        '    1. expect("HI\\r\\n")',
        '    2. send("\\x00\\xc3\\xbf")',
        '  > 3. expect("GET /\\tindex\\r\\n")',
      ].join("\n"),
    );
  });

  test("fails at the first byte that differs, and waits for no others", async () => {
    const scripted = scriptedPeer((peer) => peer.expect("a long sentence"));
    const [reader, writer] = scripted.connect();
    writer.write("no");
    assert.equal(String(await reader.read()), "");
    assert.match(
      (await scriptErrorOf(scripted)).message,
      /byte 0 differs\n {2}expected "a long sentence"\n {2}got {6}"no"/,
    );
    writer.close();
  });

  test("sends what was sent before the deviation, and then the end", async () => {
    const scripted = scriptedPeer(async (peer) => {
      peer.send("welcome\n");
      await peer.expect("a");
    });
    const [reader, writer] = scripted.connect();
    writer.write("b");
    assert.equal(String(await reader.read()), "welcome\n");
    await scriptErrorOf(scripted);
    writer.close();
  });

  test("fails when the code under test ends early", async () => {
    const nothing = await failure((peer) => peer.expect("HELLO"), "");
    assert.match(nothing.message, /at step 1: the stream ended instead/);
    const scripted = scriptedPeer((peer) => peer.expect("HELLO"));
    const [, writer] = scripted.connect();
    writer.write("HE");
    writer.close();
    assert.match(
      (await scriptErrorOf(scripted)).message,
      /ended early\n {2}expected "HELLO"\n {2}got {6}"HE"/,
    );
  });

  test("fails when bytes are left at its end", async () => {
    const error = await failure((peer) => peer.expect("a"), "abc");
    assert.match(error.message, /at step 2: "bc" came, and nothing expects it/);
    assert.match(error.message, /> 2\. the end of the script/);
  });

  test("fails when bytes come instead of the end", async () => {
    const error = await failure(async (peer) => {
      await peer.expect("a");
      await peer.expectEof();
    }, "ab");
    assert.match(error.message, /"b" came instead of the end/);
  });

  test("fails when the end comes instead of a line", async () => {
    const scripted = scriptedPeer((peer) => peer.expectLine());
    const [, writer] = scripted.connect();
    writer.write("half a line");
    writer.close();
    assert.match((await scriptErrorOf(scripted)).message, /ended after "half a line", which is no line/);
  });

  test("shows the last steps of a long script, and the beginning of long data", async () => {
    const error = await failure(async (peer) => {
      for (let step = 0; step < 20; step++) await peer.expect("x");
      await peer.expect("y".repeat(100));
    }, "x".repeat(21));
    assert.match(error.message, /\n {4}… 16 before\n {4}17\. expect\("x"\)/);
    assert.match(error.message, /> 21\. expect\("y{60}"… 100 bytes\)$/);
  });

  test("fails with the connection's error when it is aborted", async () => {
    const scripted = scriptedPeer((peer) => peer.expect("HELLO"));
    const [, writer] = scripted.connect();
    await waitAllTasksBlocked();
    writer.transport.abort();
    const error = await scriptErrorOf(scripted);
    assert.match(error.message, /the connection was lost: .*aborted/);
    assert.equal((error.cause as { code?: string }).code, "ECONNRESET");
  });

  test("fails with what the script itself throws, and closes", async () => {
    const boom = new Error("boom");
    const scripted = scriptedPeer(() => {
      throw boom;
    });
    const [reader, writer] = scripted.connect();
    assert.equal((await reader.read()).length, 0);
    await assert.rejects(scripted.finished(), boom);
    writer.close();
  });

  test("resets, closes, and ends its direction", async () => {
    const resetting = scriptedPeer((peer) => peer.reset());
    const [reset] = resetting.connect();
    await assert.rejects(reset.read(), { code: "ECONNRESET" });
    await resetting.finished();

    const ending = scriptedPeer(async (peer) => {
      peer.sendEof();
      await peer.expect("heard");
      peer.close();
    });
    const [reader, writer] = ending.connect();
    assert.equal((await reader.read()).length, 0);
    writer.write("heard");
    await ending.finished();
    writer.close();
  });

  test("pauses, so that the code under test has to wait", async () => {
    let goOn = (): void => {};
    const scripted = scriptedPeer(
      async (peer) => {
        peer.pause();
        await new Promise<void>((resolve) => (goOn = resolve));
        peer.resume();
        await peer.expect("x".repeat(500_000));
      },
      { capacity: 1000 },
    );
    const [, writer] = scripted.connect();
    writer.write("x".repeat(500_000));
    const draining = createTask(() => writer.drain());
    // The script waits for a promise of the host's, so that not all tasks are blocked in our sense.
    for (let turn = 0; turn < 20; turn++) await sleep(0);
    assert.equal(draining.done(), false);
    goOn();
    await draining;
    await scripted.finished();
    writer.close();
  });

  test("goes on reading with the next step that expects something", async () => {
    const scripted = scriptedPeer(async (peer) => {
      peer.pause();
      await sleep(1);
      await peer.expect("data");
      await peer.expectEof();
    });
    const [, writer] = scripted.connect();
    writer.write("data");
    writer.close();
    await scripted.finished();
  });

  test("begins anew with each connection, and finishes with all of them", async () => {
    let count = 0;
    const scripted = scriptedPeer(async (peer) => {
      peer.send(`${++count}`);
      await peer.expectEof();
    });
    const pairs = [scripted.connect(), scripted.connect()];
    const finished = createTask(() => scripted.finished());
    for (const [index, [reader, writer]] of pairs.entries()) {
      assert.equal(String(await reader.read(1)), `${index + 1}`);
      assert.equal(finished.done(), false);
      writer.close();
    }
    await finished;
  });

  test("serves a protocol", async () => {
    const log: string[] = [];
    const scripted = scriptedPeer(async (peer) => {
      await peer.expect("hi");
      peer.send("ho");
    });
    const transport = scripted.connectProtocol({
      connectionMade: (made) => made.write("hi"),
      dataReceived: (data) => void log.push(String(data)),
      connectionLost: (error) => void log.push(`lost ${error}`),
    });
    await scripted.finished();
    await waitAllTasksBlocked();
    assert.deepEqual(log, ["ho", "lost null"]);
    assert.ok(transport.isClosing());
  });

  test("waits for the first connection; a block that ends without one fails", async () => {
    const scripted = scriptedPeer((peer) => peer.expectEof());
    const finished = createTask(() => scripted.finished());
    await waitAllTasksBlocked();
    assert.equal(finished.done(), false);
    await assert.rejects(
      timeout(1, () => scripted.finished()),
      TimeoutError,
    ); // which does not end the other wait
    scripted.connect()[1].close();
    await finished;
    await assert.rejects(scriptedPeer(() => {})[Symbol.asyncDispose](), {
      code: "GYRE_SCRIPT",
      message: /nobody connected/,
    });
  });

  test("refuses two steps at once, and what is no script", async () => {
    const scripted = scriptedPeer(async (peer) => {
      await gather([() => peer.expect("a"), () => peer.expect("b")]);
    });
    const [, writer] = scripted.connect();
    writer.write("a");
    await assert.rejects(scripted.finished(), { code: "GYRE_ALREADY_READING", message: /Await each step/ });
    writer.close();
    assert.throws(() => scriptedPeer("HELLO" as never), { code: "GYRE_INVALID_ARGUMENT" });
    const wrong = scriptedPeer((peer) => {
      assert.throws(() => void peer.expect(5 as never), { code: "GYRE_INVALID_ARGUMENT" });
      assert.throws(() => peer.send(5 as never), { code: "GYRE_INVALID_ARGUMENT" });
    });
    wrong.connect()[1].close();
    await wrong.finished();
  });

  test("is cancelled with its task, and then resets", async () => {
    const scripted = scriptedPeer((peer) => peer.expect("never"));
    const [reader] = scripted.connect();
    const finished = createTask(() => scripted.finished());
    await waitAllTasksBlocked();
    for (const task of allTasks()) if (task.name.startsWith("scripted peer")) task.cancel();
    await assert.rejects(finished, isCancelled);
    await assert.rejects(reader.read(), { code: "ECONNRESET" });
  });
});
