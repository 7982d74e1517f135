/** The jobs of the suite `tasks` on the virtual loop, and those that no other loop can do. */
import { getRunningLoop, openConnection, run, sleep, startServer, taskGroup } from "gyre";
import { SimulatedNetwork } from "gyre/testing";
import { job } from "../lib/jobs.ts";
import type { Job } from "../lib/suite.ts";
import { jobs as tasks } from "../tasks/gyre.ts";
import { CLIENTS, MINUTE, SERVERS } from "./shape.ts";

const PORT = 7;

export const inside = (body: () => Promise<void>): Promise<void> => run(body, { loop: "virtual" });

async function client(server: string, requests: number): Promise<number> {
  const [reader, writer] = await openConnection(server, PORT);
  let answers = 0;
  for (let request = 0; request < requests; request++) {
    await sleep(MINUTE);
    writer.write("ping\n");
    if ((await reader.readline()).length > 0) answers++;
  }
  writer.close();
  await writer.waitClosed();
  return answers;
}

export const jobs: Readonly<Record<string, Job>> = {
  ...tasks,

  hour: job(async (n) => {
    const network = SimulatedNetwork.running();
    const start = getRunningLoop().time();
    const servers = await Promise.all(
      Array.from({ length: SERVERS }, (_, i) =>
        network.host(`server-${i}`).run(() =>
          startServer(
            async (reader, writer) => {
              for await (const line of reader) writer.write(line);
              writer.close();
            },
            "0.0.0.0",
            PORT,
          ),
        ),
      ),
    );
    let answers = 0;
    await taskGroup(async (group) => {
      for (let i = 0; i < CLIENTS; i++) {
        network.host(`client-${i}`).run(() =>
          group.createTask(async () => {
            const mine = await client(`server-${i % SERVERS}`, n / CLIENTS);
            answers += mine;
          }),
        );
      }
    });
    for (const server of servers) {
      server.close();
      await server.waitClosed();
    }
    if (getRunningLoop().time() - start < (n / CLIENTS) * MINUTE) throw new Error("too little time passed");
    return answers;
  }),
};
