/** StreamReader: the end of the stream, errors, cancelled and concurrent reads. */
import { createTask, StreamReader, waitFor } from "gyre";
import { scenario } from "../../support/parity.ts";
import { Boom, outcome } from "../outcomes.ts";
import { fed, settle, shown, told, toldLine } from "../stream-words.ts";

scenario("the end is reached when everything is read [STR-10]", async (print) => {
  const reader = fed(["ab"]);
  print(reader.atEof());
  reader.feedEof();
  print(reader.atEof());
  print(await told(reader.read(1)), reader.atEof(), await told(reader.read(1)), reader.atEof());
});

scenario("the end wakes whoever waits [STR-11]", async (print) => {
  const reads: ((reader: StreamReader) => Promise<Buffer>)[] = [
    (reader) => reader.read(5),
    (reader) => reader.read(),
    (reader) => reader.readline(),
    (reader) => reader.readexactly(5),
    (reader) => reader.readuntil("#"),
  ];
  for (const read of reads) {
    const reader = fed([]);
    const task = createTask(() => told(read(reader)));
    await settle();
    reader.feedEof();
    print(await task);
  }
});

scenario("an incomplete read takes what there was [STR-08 STR-09 STR-24]", async (print) => {
  const exact = fed(["abc"], { eof: true });
  print(await told(exact.readexactly(5)), exact.atEof(), await told(exact.readexactly(5)));
  const until = fed(["abc"], { eof: true });
  print(await told(until.readuntil("#")), until.atEof(), await told(until.readuntil("#")));
});

scenario("a whole read is possible after the end has come [STR-08 STR-09]", async (print) => {
  const reader = fed(["abc;def"], { eof: true });
  print(await told(reader.readuntil(";")), await told(reader.readexactly(3)), reader.atEof());
});

scenario("an error comes before the bytes, for every read and again and again [STR-11]", async (print) => {
  const reader = fed(["abc\n"], { eof: true });
  reader.setException(new Boom());
  for (const read of [
    () => reader.read(1),
    () => reader.read(0),
    () => reader.read(),
    () => reader.readexactly(1),
    () => reader.readexactly(0),
  ])
    print(await told(read()));
  const kept = reader.exception() instanceof Boom ? "Boom" : "lost";
  print(await told(reader.readuntil("c")), await toldLine(reader), kept);
});

scenario("an error wakes whoever waits [STR-11]", async (print) => {
  const reader = fed(["abc"]);
  const task = createTask(() => toldLine(reader));
  await settle();
  reader.setException(new Boom());
  print(await task);
});

scenario("only one task may wait at a time [STR-13]", async (print) => {
  const reader = fed(["abc"]);
  const task = createTask(() => toldLine(reader));
  await settle();
  print(await told(reader.readexactly(9)), await told(reader.readuntil("x")));
  print(await told(reader.readexactly(1)));
  reader.feedData("d\n");
  print(await task);
});

scenario("a cancelled read takes nothing [STR-06 STR-07 STR-08 STR-09]", async (print) => {
  const reader = fed([]);
  const cancelled = async (read: () => Promise<Buffer>) => {
    const task = createTask(read);
    await settle();
    task.cancel();
    print(await outcome(task));
  };
  await cancelled(() => reader.read(5));
  await cancelled(() => reader.readline());
  await cancelled(() => reader.readexactly(5));
  await cancelled(() => reader.readuntil("#"));
  reader.feedData("abc");
  await cancelled(() => reader.readline());
  await cancelled(() => reader.readexactly(5));
  print(await told(reader.read(9)));
});

scenario("a read that is cancelled as its bytes come leaves them [STR-07]", async (print) => {
  const reader = fed([]);
  const task = createTask(() => reader.readline());
  await settle();
  reader.feedData("whole\n");
  task.cancel();
  print(await outcome(task), await toldLine(reader));
});

scenario("a read with a time limit may be tried again [STR-07 WAIT-09]", async (print) => {
  const reader = fed(["sl"]);
  print(await outcome(waitFor(() => reader.readline(), 10)));
  reader.feedData("ow\n");
  print(shown(await waitFor(() => reader.readline(), 10)));
});

scenario("a reader shows what it has [STR-26]", async (print) => {
  const reader = new StreamReader();
  print(String(reader));
  reader.feedData("data");
  print(String(reader));
  reader.feedEof();
  print(String(reader));
  print(String(fed([], { limit: 123 })));
});
