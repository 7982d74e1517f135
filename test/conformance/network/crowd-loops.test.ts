/** Loops that stop, and several loops, while many connections have data at once. */
import assert from "node:assert/strict";
import { newEventLoop } from "gyre";
import { describeOnLoops } from "../../support/loops.ts";
import { content, shout, untilLength, untilReceived, withCrowd } from "./crowd.ts";
import { withPeer } from "./peers.ts";
import { connectTo, Recorder } from "./recording.ts";

const MANY = 12;
const MANY_LOOPS = 8;

describeOnLoops("a loop that is stopped while many connections have data", ({ name, it }) => {
  it("goes on with the rest when it runs again, and loses nothing [LOOP-03 PR-02]", async () => {
    const loop = await newEventLoop(name);
    let stops = 0;
    const stopOnData = ({ transport }: Recorder, data: Buffer): void => {
      transport.write(data);
      if (stops++ < 5) loop.stop();
    };
    const main = loop.createTask(() =>
      withCrowd(
        MANY,
        async (crowd) => {
          shout(crowd, (index) => content(index, 100));
          await untilLength(crowd.clients, 100);
          for (const [index, client] of crowd.clients.entries()) {
            assert.ok(client.received.equals(content(index, 100)));
            assert.ok(crowd.servers[index]?.received.equals(content(index, 100)));
          }
        },
        { server: () => ({ dataReceived: stopOnData }) },
      ),
    );
    main.addDoneCallback(() => loop.stop());
    while (!main.done()) await loop.runForever();
    main.result();
    assert.equal(stops, MANY);
    await loop.close();
  });

  it(
    "has sent what was written, even if it is closed at once [LOOP-03 LOOP-07]",
    { needs: ["sockets"] },
    async () => {
      const texts: string[] = [];
      await withPeer(
        (socket) => {
          const index = texts.push("") - 1;
          socket.on("data", (data) => (texts[index] += data.toString())).on("end", () => socket.end());
        },
        async ({ port, sockets }) => {
          const loop = await newEventLoop(name);
          let answers = 0;
          const answerOnce = ({ transport }: Recorder): void => {
            transport.write("answer");
            answers++;
            loop.stop();
          };
          const clients: Recorder[] = [];
          await loop.runUntilComplete(async () => {
            for (let index = 0; index < MANY; index++)
              clients.push(await connectTo(port, new Recorder({ dataReceived: answerOnce })));
          });
          while (sockets.length < MANY) await new Promise((resolve) => setImmediate(resolve));
          for (const socket of sockets) socket.write("go");
          await loop.runForever();
          for (const { transport } of clients) transport.abort();
          await loop.close();
          for (const socket of sockets)
            if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
          assert.ok(answers > 0);
          assert.equal(texts.filter((text) => text === "answer").length, answers);
        },
      );
    },
  );
});

describeOnLoops("several loops whose connections have data at once", ({ it, run }) => {
  const echo = async (seed: number): Promise<void> => {
    await withCrowd(
      4,
      async (crowd) => {
        for (let round = 1; round <= 10; round++) {
          shout(crowd, (index) => content(seed + index + round, 500));
          await untilLength(crowd.clients, 500 * round);
        }
        await untilReceived(
          crowd.clients,
          (index) => Array.from({ length: 10 }, (_, round) => content(seed + index + round + 1, 500)),
          ` of ${seed}`,
        );
      },
      {
        server: () => ({
          dataReceived: ({ transport }, data) => {
            for (let at = 0; at < data.length; at += 100) transport.write(data.subarray(at, at + 100));
          },
        }),
      },
    );
  };

  it("do not mix them up [EXT-07]", async () => {
    await Promise.all([run(() => echo(1)), run(() => echo(100))]);
  });

  it("may be many [EXT-07]", async () => {
    await Promise.all(Array.from({ length: MANY_LOOPS }, (_, index) => run(() => echo(index * 10))));
  });
});
