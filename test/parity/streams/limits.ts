/** The limit of a StreamReader: lines that are too long, and backpressure. */
import { createTask } from "gyre";
import { type Print, scenario } from "../../support/parity.ts";
import { fed, settle, told, toldLine } from "../stream-words.ts";

/** A transport that says when it is turned. */
const tap = (print: Print) => ({
  getExtraInfo: () => null,
  isClosing: () => false,
  close: () => undefined,
  setProtocol: () => undefined,
  getProtocol: () => ({}),
  isReading: () => true,
  pauseReading: () => print("pause"),
  resumeReading: () => print("resume"),
});

scenario("a line may be as long as the limit, without its newline [STR-07]", async (print) => {
  const reader = fed(["123\n1234\n1\n"], { limit: 3 });
  for (let i = 0; i < 3; i++) print(await toldLine(reader));
});

scenario(
  "readline drops a line that is too long with its newline if that has come [STR-07]",
  async (print) => {
    const reader = fed(["123456\nnext\n"], { limit: 5 });
    print(await toldLine(reader), await toldLine(reader));
  },
);

scenario("readline drops everything if no newline has come [STR-07]", async (print) => {
  const reader = fed(["123456"], { limit: 5 });
  print(await toldLine(reader));
  reader.feedData("78\nnext\n");
  print(await toldLine(reader), await toldLine(reader));
});

scenario("readline waits at the limit and gives up beyond it [STR-07]", async (print) => {
  const reader = fed(["123"], { limit: 3 });
  const task = createTask(() => toldLine(reader));
  await settle();
  print(task.done());
  reader.feedData("4");
  print(await task);
});

scenario(
  "readuntil leaves the bytes, and says how many come before the separator [STR-09 STR-25]",
  async (print) => {
    const reader = fed(["123456;;rest"], { limit: 5 });
    print(await told(reader.readuntil(";;")), await told(reader.readuntil(";;")));
    print(await told(reader.readexactly(6)), await told(reader.readuntil(";;")), await told(reader.read(9)));
  },
);

scenario("without a separator, what could be its beginning is not counted [STR-09 STR-25]", async (print) => {
  for (const separator of [";", ";;", ";;;", [";", ";;;"]])
    print(await told(fed(["12345678"], { limit: 5 }).readuntil(separator)));
});

scenario("the limit of several separators is that of the match [STR-09]", async (print) => {
  print(await told(fed(["123456--"], { limit: 5 }).readuntil(["--", "6--"])));
  print(await told(fed(["123456--"], { limit: 5 }).readuntil(["-", "56--"])));
  print(await told(fed(["12345--"], { limit: 5 }).readuntil(["--", "-"])));
});

scenario("a separator at the border of the limit is found [STR-09]", async (print) => {
  for (const size of [4, 5, 6])
    print(await told(fed([`${"1".repeat(size)}##`], { limit: 5 }).readuntil("##")));
});

scenario("reading pauses above twice the limit and resumes at the limit [STR-12]", async (print) => {
  const reader = fed([], { limit: 3 });
  reader.setTransport(tap(print));
  for (const piece of ["123456", "7", "8"]) {
    print("feed", piece);
    reader.feedData(piece);
  }
  for (const count of [4, 1, 3]) print(await told(reader.read(count)));
});

scenario("waiting for more resumes, whatever is buffered [STR-12]", async (print) => {
  const reader = fed([], { limit: 3 });
  reader.setTransport(tap(print));
  reader.feedData("12345678");
  const task = createTask(() => told(reader.readexactly(9)));
  await settle();
  reader.feedData("9");
  print(await task);
});

scenario("a line that is too long lets the transport go on [STR-07 STR-12]", async (print) => {
  const reader = fed([], { limit: 3 });
  reader.setTransport(tap(print));
  reader.feedData("12345678");
  print(await toldLine(reader));
});
