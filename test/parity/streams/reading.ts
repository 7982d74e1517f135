/** StreamReader: what the reads give, without a connection. */
import { createTask } from "gyre";
import { scenario } from "../../support/parity.ts";
import { attempt } from "../outcomes.ts";
import { fed, settle, shown, told, toldLine } from "../stream-words.ts";

scenario("read gives what is there, up to n bytes [STR-06]", async (print) => {
  const reader = fed(["abc", "def", "ghi"]);
  print(await told(reader.read(0)), await told(reader.read(2)), await told(reader.read(5)));
  print(await told(reader.read(100)));
});

scenario("read waits for the first bytes only [STR-06]", async (print) => {
  const reader = fed([]);
  const task = createTask(() => told(reader.read(100)));
  await settle();
  reader.feedData("one");
  reader.feedData("two");
  print(await task);
});

scenario("a negative count reads to the end [STR-06]", async (print) => {
  const reader = fed(["abc", "def"], { limit: 2 });
  const task = createTask(() => told(reader.read()));
  await settle();
  reader.feedData("ghi");
  await settle();
  print(task.done());
  reader.feedEof();
  print(await task, reader.atEof(), await told(reader.read()), await told(reader.read(-7)));
});

scenario("read is not limited by the limit [STR-06]", async (print) => {
  print(await told(fed(["more than three"], { limit: 3 }).read(100)));
});

scenario("readexactly waits for all of it [STR-08]", async (print) => {
  const reader = fed(["abc"]);
  const task = createTask(() => told(reader.readexactly(7)));
  for (const piece of ["d", "ef"]) {
    reader.feedData(piece);
    await settle();
    print(task.done());
  }
  reader.feedData("ghi");
  print(await task, await told(reader.readexactly(0)), await told(reader.readexactly(2)));
});

scenario("readexactly refuses a negative count [STR-08]", async (print) => {
  const reader = fed(["abc"]);
  print(await told(reader.readexactly(-1)));
  print(await told(reader.readexactly(3)));
});

scenario("readline gives lines, and what is left at the end [STR-07]", async (print) => {
  const reader = fed(["one\nt", "wo\n", "\n\nrest"], { eof: true });
  for (let i = 0; i < 7; i++) print(await toldLine(reader), reader.atEof());
});

scenario("iteration gives lines up to the end [STR-14]", async (print) => {
  for await (const line of fed(["one\n\ntwo\r\nrest"], { eof: true })) print(shown(line));
  for await (const line of fed([], { eof: true })) print("never", line);
});

scenario("readuntil gives the separator as well, and leaves the rest [STR-09]", async (print) => {
  const reader = fed(["key", "=", "val", "ue;", "x"]);
  print(await told(reader.readuntil("=")), await told(reader.readuntil(";")), await told(reader.read(9)));
});

scenario("readuntil finds a separator that comes in pieces [STR-09]", async (print) => {
  const reader = fed(["text"]);
  const task = createTask(() => told(reader.readuntil("abcabd")));
  for (const piece of ["a", "bcab", "cab", "dab"]) {
    print(task.done());
    reader.feedData(piece);
    await settle();
  }
  print(await task, await told(reader.read(10)));
});

scenario("of several separators, the one that ends first counts [STR-09]", async (print) => {
  const cases: [string, string[]][] = [
    ["a;b,", [",", ";"]],
    ["Xaaaab", ["aaaab", "ab"]],
    ["abcdef", ["abcdef", "cd"]],
    ["line\r\n", ["\r\n", "\n"]],
    ["line\r\n", ["\r\n", "\r"]],
    ["12", ["2", "12"]],
  ];
  for (const [data, separators] of cases) print(await told(fed([data]).readuntil(separators)));
});

scenario("separators that are none are refused [STR-09]", async (print) => {
  const reader = fed(["abc"]);
  print(await told(reader.readuntil("")));
  print(await told(reader.readuntil([])));
  print(await told(reader.readuntil(["a", ""])));
  print(await told(reader.read(9)));
});

scenario("a limit of zero or less is refused [STR-05]", async (print) => {
  print(
    attempt(() => fed([], { limit: 0 })),
    attempt(() => fed([], { limit: -1 })),
  );
});
