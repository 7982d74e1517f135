/** openConnection, startServer and StreamWriter, over real connections. */
import {
  allTasks,
  createTask,
  currentTask,
  Event,
  getRunningLoop,
  sleep,
  type StreamReader,
  type StreamWriter,
} from "gyre";
import { type Print, scenario } from "../../support/parity.ts";
import { attempt, Boom, outcome } from "../outcomes.ts";
import { failure, serving, settle, told, toldLine } from "../stream-words.ts";

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) {
    writer.write(String(line).toUpperCase());
    await writer.drain();
  }
  writer.close();
}

/** What a drain gives, in words. */
async function drained(writer: StreamWriter): Promise<string | null> {
  try {
    await writer.drain();
    return null;
  } catch (error) {
    return failure(error);
  }
}

function catchReports(print: Print): void {
  getRunningLoop().setExceptionHandler((_loop, context) => {
    print("reported", context.exception instanceof Boom ? "Boom" : "?", "transport" in context);
  });
}

scenario(
  "a server answers line by line, and sees the end of the client's half [STR-01 STR-02 STR-19]",
  (print) =>
    serving(echo, async (connect) => {
      const [reader, writer] = await connect();
      writer.write("one\n");
      print(await toldLine(reader));
      writer.writelines(["two\n", "thr", "ee"]);
      print(writer.canWriteEof());
      writer.writeEof();
      print(await told(reader.read()), reader.atEof(), writer.isClosing());
      writer.close();
      await writer.waitClosed();
    }),
);

scenario("a plain function may serve as well [STR-02]", async (print) => {
  const greet = (_: StreamReader, writer: StreamWriter) => {
    print("connected");
    writer.write("hello\n");
    writer.close();
  };
  await serving(greet, async (connect) => {
    const [reader, writer] = await connect();
    print(await told(reader.read()));
    writer.close();
  });
});

scenario("an async function serves in a task of its own [STR-02]", async (print) => {
  const mainTask = currentTask();
  const serve = async (_: StreamReader, writer: StreamWriter) => {
    const task = currentTask();
    print(task === mainTask, task !== null && allTasks().has(task));
    writer.close();
  };
  await serving(serve, async (connect) => {
    const [reader, writer] = await connect();
    print(await told(reader.read()));
    writer.close();
  });
});

scenario("the error of an async function is reported and its connection closed [STR-02]", async (print) => {
  catchReports(print);
  const serve = async (reader: StreamReader) => {
    await reader.readline();
    throw new Boom();
  };
  await serving(serve, async (connect) => {
    const [reader, writer] = await connect();
    writer.write("go\n");
    print(await told(reader.read()));
    writer.close();
    await settle();
  });
});

scenario("the connection of a cancelled function is closed, and nothing reported [STR-02]", async (print) => {
  catchReports(print);
  const serve = async (reader: StreamReader) => {
    currentTask()?.cancel();
    await reader.readline();
  };
  await serving(serve, async (connect) => {
    const [reader, writer] = await connect();
    print(await told(reader.read()));
    writer.close();
  });
});

scenario("a function that returns without closing leaves the connection open [STR-02]", async (print) => {
  const kept: StreamWriter[] = [];
  const serve = async (_: StreamReader, writer: StreamWriter) => {
    kept.push(writer);
    writer.write("one\n");
  };
  await serving(serve, async (connect) => {
    const [reader, writer] = await connect();
    print(await toldLine(reader));
    await settle();
    kept[0]?.write("two\n");
    print(await toldLine(reader), kept[0]?.isClosing());
    kept[0]?.close();
    print(await told(reader.read()));
    writer.close();
  });
});

scenario("a server's readers have its limit [STR-02]", async (print) => {
  const serve = async (reader: StreamReader, writer: StreamWriter) => {
    print(await toldLine(reader), await toldLine(reader));
    writer.close();
  };
  const body = async (connect: () => Promise<[StreamReader, StreamWriter]>) => {
    const [reader, writer] = await connect();
    writer.write("123456\n12345\n");
    print(await told(reader.read()));
    writer.close();
  };
  await serving(serve, body, { limit: 5 });
});

scenario("both directions end on their own [STR-19]", async (print) => {
  const served = new Event();
  const serve = async (reader: StreamReader, writer: StreamWriter) => {
    writer.writeEof();
    print("server got", await told(reader.read()));
    writer.close();
    served.set();
  };
  await serving(serve, async (connect) => {
    const [reader, writer] = await connect();
    print("client got", await told(reader.read()), reader.atEof(), writer.isClosing());
    writer.write("still writing");
    writer.writeEof();
    print(attempt(() => writer.write("more")));
    await served.wait();
    writer.close();
    await writer.waitClosed();
  });
});

scenario("a closed writer drains into an error, not into an endless loop [STR-17]", (print) =>
  serving(echo, async (connect) => {
    const [, writer] = await connect();
    writer.close();
    print(writer.isClosing());
    print((await drained(writer)) ?? "drained");
    await writer.waitClosed();
    print(await drained(writer));
  }),
);

scenario("draining gives the reader's error first [STR-17]", (print) =>
  serving(echo, async (connect) => {
    const [reader, writer] = await connect();
    print((await drained(writer)) ?? "drained");
    reader.setException(new Boom());
    print(await drained(writer));
    writer.close();
  }),
);

scenario("many tasks drain at once, and one of them is cancelled [STR-17 STR-23]", async (print) => {
  const release = new Event();
  const serve = async (reader: StreamReader, writer: StreamWriter) => {
    await release.wait();
    await reader.read();
    writer.close();
  };
  await serving(serve, async (connect) => {
    const [, writer] = await connect();
    for (let i = 0; i < 200; i++) writer.write(Buffer.alloc(100_000));
    const tasks = [1, 2, 3, 4].map(() => createTask(() => writer.drain()));
    await settle();
    print(tasks.map((task) => task.done()));
    tasks[1]?.cancel();
    await settle();
    release.set();
    const outcomes: unknown[] = [];
    for (const task of tasks) outcomes.push(await outcome(task));
    print(outcomes);
    writer.close();
    await writer.waitClosed();
  });
});

scenario("an abort ends all who drain, without an error [STR-17 STR-23]", async (print) => {
  const serve = async () => sleep(60_000);
  await serving(serve, async (connect) => {
    const [, writer] = await connect();
    for (let i = 0; i < 200; i++) writer.write(Buffer.alloc(100_000));
    const tasks = [1, 2].map(() => createTask(() => drained(writer)));
    await settle();
    writer.transport.abort();
    print([await tasks[0], await tasks[1]]);
    print(await drained(writer));
  });
});

scenario("waiting for the end is possible again and again [STR-18]", (print) =>
  serving(echo, async (connect) => {
    const [reader, writer] = await connect();
    writer.close();
    writer.close();
    print(await writer.waitClosed(), await writer.waitClosed(), reader.atEof());
  }),
);
