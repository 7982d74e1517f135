/** addReader and its siblings. */
import { closeSync, openSync } from "node:fs";
import { ContextVar, type EventLoop, getRunningLoop, newEventLoop } from "gyre";
import { Socket } from "gyre/socket";
import { script } from "../../support/parity.ts";
import { attempt, fill, listener, pair, scenario, settle } from "../socket-words.ts";

function loop(): EventLoop {
  return getRunningLoop();
}

function noop(): void {}

scenario("a reader is called as long as there is something to read [FD-01]", (print) =>
  pair(async (left, right) => {
    right.send("abcde");
    loop().addReader(left, () => print("read", String(left.recv(2))));
    await settle();
    print(loop().removeReader(left));
  }),
);

scenario("a reader gets its arguments [FD-01]", (print) =>
  pair(async (left, right) => {
    loop().addReader(left, (...args: unknown[]) => print(String(left.recv(1)), args), 1, "two");
    right.send("x");
    await settle();
    loop().removeReader(left);
  }),
);

scenario("adding a reader answers nothing [FD-01 FD-03]", (print) =>
  pair(async (left) => {
    const answers: unknown[] = [loop().addReader(left, noop), loop().addWriter(left, noop)];
    print(...answers);
    print(loop().removeReader(left), loop().removeWriter(left));
  }),
);

scenario("a reader runs in the context of its registration, and what it sets stays [FD-01]", (print) =>
  pair(async (left, right) => {
    const variable = new ContextVar<string>("variable");
    variable.set("registered");
    loop().addReader(left, () => {
      left.recv(1);
      print(variable.get());
      variable.set("set by the reader");
    });
    variable.set("later");
    right.send("xy");
    await settle();
    print(variable.get());
    loop().removeReader(left);
  }),
);

scenario(
  "what a reader makes ready runs behind the readers that were ready with it [FD-01 SCHED-01]",
  (print) =>
    pair((one, peerOfOne) =>
      pair(async (two, peerOfTwo) => {
        const reader = (name: string, socket: Socket): void => {
          print(name, String(socket.recv(1)));
          loop().callSoon(print, "behind", name);
        };
        loop().addReader(one, reader, "one", one);
        loop().addReader(two, reader, "two", two);
        peerOfOne.send("x");
        peerOfTwo.send("y");
        await settle();
        print(loop().removeReader(one), loop().removeReader(two));
      }),
    ),
);

scenario("a second reader replaces the first [FD-01]", (print) =>
  pair(async (left, right) => {
    loop().addReader(left, () => print("first", String(left.recv(1))));
    loop().addReader(left, () => print("second", String(left.recv(1))));
    right.send("xy");
    await settle();
    print(loop().removeReader(left), loop().removeReader(left));
  }),
);

scenario("a reader that replaces itself [FD-01]", (print) =>
  pair(async (left, right) => {
    const second = (): void => {
      print("second", String(left.recv(1)));
      loop().removeReader(left);
    };
    loop().addReader(left, () => {
      print("first", String(left.recv(1)));
      loop().addReader(left, second);
    });
    right.send("xyz");
    await settle();
    print(loop().removeReader(left));
  }),
);

scenario("removing tells whether there was one [FD-02 FD-04]", (print) =>
  pair(async (left) => {
    print(loop().removeReader(left), loop().removeWriter(left));
    loop().addReader(left, noop);
    print(loop().removeWriter(left), loop().removeReader(left), loop().removeReader(left));
    loop().addWriter(left, noop);
    print(loop().removeReader(left), loop().removeWriter(left), loop().removeWriter(left));
  }),
);

scenario("a descriptor and its socket are the same [FD-01 FD-02]", (print) =>
  pair(async (left, right) => {
    loop().addReader(left, () => print("first"));
    loop().addReader(left.fileno(), () => print("second", String(left.recv(1))));
    right.send("x");
    await settle();
    print(loop().removeReader(left), loop().removeReader(left.fileno()));
  }),
);

scenario("a writer is called when there is room again [FD-03]", (print) =>
  pair(async (left, right) => {
    fill(left);
    loop().addWriter(left, () => {
      print("room");
      loop().removeWriter(left);
    });
    await settle();
    print("full");
    while (attempt(() => right.recv(1_000_000)) !== "EAGAIN");
    await settle();
    print(loop().removeWriter(left));
  }),
);

scenario("a reader and a writer of one descriptor [FD-01 FD-03]", (print) =>
  pair(async (left, right) => {
    loop().addWriter(left, () => {
      loop().removeWriter(left);
      right.send("x");
      print("written");
    });
    loop().addReader(left, () => print("read", String(left.recv(1))));
    await settle();
    print(loop().removeWriter(left), loop().removeReader(left));
  }),
);

scenario("removed before it was called [FD-02]", (print) =>
  pair(async (left, right) => {
    right.send("x");
    loop().addReader(left, () => print("never"));
    loop().removeReader(left);
    await settle();
    print("done");
  }),
);

scenario("what a reader throws is reported, and it is called again [FD-01]", (print) =>
  pair(async (left, right) => {
    loop().setExceptionHandler((_, { exception }) =>
      print("reported", exception instanceof Error ? exception.message : exception),
    );
    loop().addReader(left, () => {
      throw new Error(String(left.recv(1)));
    });
    right.send("xy");
    await settle();
    print(loop().removeReader(left));
  }),
);

scenario("the end of the stream is something to read [FD-01]", (print) =>
  pair(async (left, right) => {
    loop().addReader(left, () => {
      print(left.recv(10).length);
      loop().removeReader(left);
    });
    right.close();
    await settle();
  }),
);

scenario("a listener is read by accepting [FD-01]", async (print) => {
  const server = listener();
  const client = new Socket();
  loop().addReader(server, () => {
    const [connection] = server.accept();
    connection.close();
    print("accepted");
  });
  client.connectEx(server.getsockname());
  await settle();
  print(loop().removeReader(server));
  server.close();
  client.close();
});

scenario("what is closed or negative is refused [FD-01 FD-02 FD-03 FD-04]", (print) => {
  const closed = new Socket();
  closed.close();
  for (const wrong of [closed, -1]) {
    print(attempt(() => loop().addReader(wrong, noop)));
    print(attempt(() => loop().addWriter(wrong, noop)));
    print(attempt(() => loop().removeReader(wrong)));
    print(attempt(() => loop().removeWriter(wrong)));
  }
});

scenario("a number that is not open is refused by the system [FD-01]", (print) => {
  print(attempt(() => loop().addReader(99_999, noop)));
  print(attempt(() => loop().removeReader(99_999)));
});

scenario("a file is refused by the system [FD-01]", (print) => {
  const fd = openSync(process.execPath, "r");
  print(attempt(() => loop().addReader(fd, noop)));
  print(attempt(() => loop().removeReader(fd)));
  closeSync(fd);
});

scenario("the descriptor of a transport is refused [FD-01 FD-02 FD-03 FD-04]", async (print) => {
  const server = listener();
  const address = server.getsockname();
  const port = typeof address === "string" ? 0 : address.port;
  const [transport] = await loop().createConnection(() => ({}), "127.0.0.1", port);
  const fd = transport.getExtraInfo("socket")?.fileno() ?? -1;
  print(attempt(() => loop().addReader(fd, noop)));
  print(attempt(() => loop().addWriter(fd, noop)));
  print(attempt(() => loop().removeReader(fd)));
  print(attempt(() => loop().removeWriter(fd)));
  transport.close();
  await settle();
  server.close();
});

script("a closed loop has no readers [FD-01 FD-02 FD-04]", (print) =>
  pair(async (left) => {
    const other = await newEventLoop();
    other.addReader(left, noop);
    await other.close();
    print(other.removeReader(left), other.removeWriter(left));
    print(attempt(() => other.addReader(left, noop)));
  }),
);
