/** `node .build/examples/echo/protocol-client.js PORT TEXT…`: sends the texts as lines, all at once, and prints what comes back. */

import { getRunningLoop, type Protocol, run, type Transport } from "gyre";

const [port = "7007", ...texts] = process.argv.slice(2);

class Client implements Protocol {
  readonly ended = getRunningLoop().createFuture<void>();

  connectionMade(transport: Transport): void {
    transport.writelines(texts.map((text) => `${text}\n`));
    transport.writeEof(); // the server answers, and then closes
  }

  dataReceived(data: Buffer): void {
    process.stdout.write(data);
  }

  connectionLost(error: Error | null): void {
    if (error === null) this.ended.setResult();
    else this.ended.setException(error);
  }
}

await run(async () => {
  const [, client] = await getRunningLoop().createConnection(() => new Client(), "127.0.0.1", Number(port));
  await client.ended;
});
