/** `node .build/examples/echo/streams-client.js PORT TEXT…`: sends each text as a line, and prints the line that comes back. */

import { openConnection, run } from "gyre";

const [port = "7007", ...texts] = process.argv.slice(2);

await run(async () => {
  const [reader, writer] = await openConnection("127.0.0.1", Number(port));
  try {
    for (const text of texts) {
      writer.write(`${text}\n`);
      console.log(String(await reader.readline()).trimEnd());
    }
  } finally {
    writer.close();
    await writer.waitClosed();
  }
});
