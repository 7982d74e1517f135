/** sockRecv and its siblings. */
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createTask, type EventLoop, getRunningLoop, type Task } from "gyre";
import { Socket, SOCK_DGRAM } from "gyre/socket";
import {
  attempt,
  datagrams,
  fill,
  listener,
  outcome,
  pair,
  receive,
  scenario,
  settle,
} from "../socket-words.ts";

function loop(): EventLoop {
  return getRunningLoop();
}

function start<T>(begin: () => Promise<T>): Task<T | string> {
  return createTask(() => outcome(begin));
}

async function using(sockets: readonly Socket[], body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } finally {
    for (const socket of sockets) socket.close();
  }
}

async function temporaryFile(body: (file: FileHandle) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "gyre-"));
  const file = await open(join(folder, "file"), "w+");
  try {
    await body(file);
  } finally {
    await file.close();
    await rm(folder, { recursive: true });
  }
}

const same = isDeepStrictEqual;
const bytes = Buffer.from(Array.from({ length: 256 * 8192 }, (_, index) => index % 256));

scenario("sock_recv takes what is there [SOCK-02]", (print) =>
  pair(async (left, right) => {
    right.send("abcde");
    print(String(await loop().sockRecv(left, 3)), String(await loop().sockRecv(left, 3)));
  }),
);

scenario("sock_recv waits for what is not there [SOCK-01 SOCK-02]", (print) =>
  pair(async (left, right) => {
    const task = start(() => loop().sockRecv(left, 10));
    await settle();
    print(task.done());
    right.send("late");
    print(String(await task));
    print(loop().removeReader(left));
  }),
);

scenario("sock_recv tells the end by nothing, again and again [SOCK-02]", (print) =>
  pair(async (left, right) => {
    right.close();
    print((await loop().sockRecv(left, 10)).length, (await loop().sockRecv(left, 10)).length);
  }),
);

scenario("sock_recv of nothing [SOCK-02]", (print) =>
  pair(async (left) => {
    print((await loop().sockRecv(left, 0)).length);
  }),
);

scenario("sock_recv of less than nothing [SOCK-02]", (print) =>
  pair(async (left) => {
    print(await outcome(loop().sockRecv(left, -1)));
  }),
);

scenario("sock_recv on a closed socket [SOCK-02]", (print) =>
  pair(async (left) => {
    left.close();
    print(await outcome(loop().sockRecv(left, 1)));
  }),
);

scenario("a cancelled sock_recv leaves the bytes to the next [SOCK-01 SOCK-02]", (print) =>
  pair(async (left, right) => {
    const task = start(() => loop().sockRecv(left, 10));
    await settle();
    task.cancel();
    print(await task);
    right.send("kept");
    print(String(await loop().sockRecv(left, 10)), loop().removeReader(left));
  }),
);

scenario("sock_recv_into fills memory [SOCK-03]", (print) =>
  pair(async (left, right) => {
    const memory = Buffer.alloc(4);
    const task = start(() => loop().sockRecvInto(left, memory));
    await settle();
    right.send("abcdef");
    print(await task, String(memory));
    print(await loop().sockRecvInto(left, memory.subarray(1)), String(memory));
    right.close();
    print(await loop().sockRecvInto(left, memory));
  }),
);

scenario("sock_recvfrom tells the sender [SOCK-04 SOCK-07]", async (print) => {
  const [left, right] = [datagrams(), datagrams()];
  await using([left, right], async () => {
    const task = createTask(() => loop().sockRecvfrom(left, 100));
    await settle();
    print(await loop().sockSendto(right, "hello", left.getsockname()));
    const [data, address] = await task;
    print(String(data), same(address, right.getsockname()));
  });
});

scenario("sock_recvfrom cuts off [SOCK-04]", async (print) => {
  const [left, right] = [datagrams(), datagrams()];
  await using([left, right], async () => {
    right.sendto("abcdef", left.getsockname());
    right.sendto("next", left.getsockname());
    print(String((await loop().sockRecvfrom(left, 3))[0]));
    print(String((await loop().sockRecvfrom(left, 10))[0]));
  });
});

scenario("sock_recvfrom of an unnamed sender [SOCK-04]", (print) =>
  pair(async (left, right) => {
    right.send("x");
    const [data, address] = await loop().sockRecvfrom(left, 10);
    print(String(data), address);
  }, SOCK_DGRAM),
);

scenario("sock_recvfrom_into fills memory, or a part of it [SOCK-05]", async (print) => {
  const [left, right] = [datagrams(), datagrams()];
  await using([left, right], async () => {
    const memory = Buffer.from("-----");
    right.sendto("abcdef", left.getsockname());
    right.sendto("xyz", left.getsockname());
    const [count, address] = await loop().sockRecvfromInto(left, memory);
    print(count, String(memory), same(address, right.getsockname()));
    const [next] = await loop().sockRecvfromInto(left, memory, 2);
    print(next, String(memory));
    print(await outcome(loop().sockRecvfromInto(left, memory, 6)));
  });
});

scenario("an empty datagram [SOCK-04 SOCK-07]", async (print) => {
  const [left, right] = [datagrams(), datagrams()];
  await using([left, right], async () => {
    print(await loop().sockSendto(right, "", left.getsockname()));
    const [data, address] = await loop().sockRecvfrom(left, 10);
    print(data.length, same(address, right.getsockname()));
  });
});

scenario("a datagram that is too large [SOCK-07]", async (print) => {
  const left = datagrams();
  await using([left], async () => {
    print(await outcome(loop().sockSendto(left, Buffer.alloc(70_000), left.getsockname())));
  });
});

scenario("sock_sendall sends all [SOCK-06]", (print) =>
  pair(async (left, right) => {
    const task = start(() => loop().sockSendall(left, bytes));
    const received = await receive(loop(), right, bytes.length);
    print(await task, received.equals(bytes));
    print(await loop().sockSendall(left, ""));
    print(loop().removeWriter(left));
  }),
);

scenario("sock_sendall waits for room [SOCK-01 SOCK-06]", (print) =>
  pair(async (left, right) => {
    fill(left);
    const task = start(() => loop().sockSendall(left, "last"));
    await settle();
    print(task.done());
    while (attempt(() => right.recv(1_000_000)) !== "EAGAIN");
    print(await task, String(right.recv(10)));
  }),
);

scenario("a cancelled sock_sendall watches no more [SOCK-01 SOCK-06]", (print) =>
  pair(async (left) => {
    fill(left);
    const task = start(() => loop().sockSendall(left, "last"));
    await settle();
    task.cancel();
    print(await task, loop().removeWriter(left));
  }),
);

scenario("sock_sendall to nobody [SOCK-06]", (print) =>
  pair(async (left, right) => {
    right.close();
    print(await outcome(loop().sockSendall(left, "x")));
  }),
);

scenario("the receiver goes while sock_sendall waits [SOCK-06]", (print) =>
  pair(async (left, right) => {
    fill(left);
    const task = start(() => loop().sockSendall(left, "last"));
    await settle();
    right.close();
    print(await task);
  }),
);

scenario("sock_connect and sock_accept [SOCK-08 SOCK-09]", async (print) => {
  const [server, client] = [listener(), new Socket()];
  await using([server, client], async () => {
    const task = createTask(() => loop().sockAccept(server));
    await settle();
    print(task.done());
    print(await loop().sockConnect(client, server.getsockname()));
    const [connection, address] = await task;
    print(same(address, client.getsockname()), same(connection.getpeername(), address));
    await loop().sockSendall(connection, "hello");
    print(String(await loop().sockRecv(client, 10)));
    connection.close();
  });
});

scenario("sock_connect looks names up [SOCK-08]", async (print) => {
  const [server, client] = [listener(), new Socket()];
  await using([server, client], async () => {
    const address = server.getsockname();
    const port = typeof address === "string" ? 0 : address.port;
    await loop().sockConnect(client, { address: "localhost", port });
    print(same(client.getpeername(), address));
  });
});

scenario("sock_connect to nobody [SOCK-08]", async (print) => {
  const server = listener();
  const address = server.getsockname();
  server.close();
  const client = new Socket();
  await using([client], async () => {
    print(await outcome(loop().sockConnect(client, address)));
    print(loop().removeWriter(client));
  });
});

scenario("sock_connect twice [SOCK-08]", async (print) => {
  const [server, client] = [listener(), new Socket()];
  await using([server, client], async () => {
    await loop().sockConnect(client, server.getsockname());
    print(await outcome(loop().sockConnect(client, server.getsockname())));
  });
});

scenario("sock_accept takes connections in their order [SOCK-09]", async (print) => {
  const [server, first, second] = [listener(), new Socket(), new Socket()];
  await using([server, first, second], async () => {
    await loop().sockConnect(first, server.getsockname());
    await loop().sockConnect(second, server.getsockname());
    for (const client of [first, second]) {
      const [connection, address] = await loop().sockAccept(server);
      print(same(address, client.getsockname()));
      connection.close();
    }
  });
});

scenario("a cancelled sock_accept leaves the connection to the next [SOCK-09]", async (print) => {
  const [server, client] = [listener(), new Socket()];
  await using([server, client], async () => {
    const task = start(() => loop().sockAccept(server));
    await settle();
    task.cancel();
    print(await task);
    await loop().sockConnect(client, server.getsockname());
    const [connection, address] = await loop().sockAccept(server);
    print(same(address, client.getsockname()));
    connection.close();
  });
});

scenario("sock_accept on what does not listen [SOCK-09]", async (print) => {
  const client = new Socket();
  await using([client], async () => {
    print(await outcome(loop().sockAccept(client)));
  });
});

scenario("sock_recv on what is not connected [SOCK-02]", async (print) => {
  const client = new Socket();
  await using([client], async () => {
    print(await outcome(loop().sockRecv(client, 1)));
  });
});

scenario("sock_sendfile sends a part, as far as there is one [SOCK-10 SF-05]", (print) =>
  pair((left, right) =>
    temporaryFile(async (file) => {
      await file.write("0123456789");
      const send = loop().sockSendfile.bind(loop(), left, file);
      print(await send(), String(right.recv(100)));
      print(await send({ offset: 3, count: 4 }), String(right.recv(100)));
      print(await send({ offset: 8, count: 100 }), String(right.recv(100)));
      print(await send({ offset: 100 }));
      print(await send({ count: 2, fallback: false }), String(right.recv(100)));
    }),
  ),
);

scenario("sock_sendfile of an empty file [SOCK-10 SF-06]", (print) =>
  pair((left) =>
    temporaryFile(async (file) => {
      print(await loop().sockSendfile(left, file));
    }),
  ),
);

scenario("sock_sendfile of a large file [SOCK-10 SF-06]", (print) =>
  pair((left, right) =>
    temporaryFile(async (file) => {
      await file.write(bytes);
      const task = start(() => loop().sockSendfile(left, file));
      print((await receive(loop(), right, bytes.length)).equals(bytes), await task);
    }),
  ),
);

scenario("sock_sendfile refuses what makes no sense [SOCK-10 SF-05]", (print) =>
  pair((left) =>
    temporaryFile(async (file) => {
      const datagram = datagrams();
      print(await outcome(loop().sockSendfile(left, file, { offset: -1 })));
      print(await outcome(loop().sockSendfile(left, file, { count: 0 })));
      print(await outcome(loop().sockSendfile(datagram, file)));
      datagram.close();
    }),
  ),
);

scenario("the receiver goes while sock_sendfile waits [SOCK-10]", (print) =>
  pair((left, right) =>
    temporaryFile(async (file) => {
      await file.write(Buffer.alloc(2_000_000));
      const task = start(() => loop().sockSendfile(left, file));
      await settle();
      right.close();
      print(await task);
    }),
  ),
);
