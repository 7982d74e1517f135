/** One connection: what its guest says is heard here, while another task delivers what the others say. */

import { isCancelled, type StreamReader, type StreamWriter, taskGroup } from "gyre";
import { Guest } from "./guest.ts";
import type { Room } from "./room.ts";

export async function converse(room: Room, reader: StreamReader, writer: StreamWriter): Promise<void> {
  const guest = new Guest();
  room.add(guest);
  try {
    await taskGroup(async (group) => {
      group.createTask(async () => {
        await guest.deliver(writer);
        group.cancel(); // everything is said: there is no need to listen any more
      });
      await listen(room, guest, reader);
      guest.dismiss();
    });
  } catch (error) {
    if (isCancelled(error)) throw error;
    // The connection broke, or a line was too long; for everybody else the guest has left.
  } finally {
    room.remove(guest);
    writer.close();
  }
}

/** Until the guest leaves. */
async function listen(room: Room, guest: Guest, reader: StreamReader): Promise<void> {
  guest.hear("* Welcome! What is your name?");
  for await (const line of reader) {
    const text = String(line)
      .replaceAll(/\p{Cc}/gu, "") // no colours, no bells
      .trim();
    if (text === "/quit") return;
    if (guest.name === null) room.admit(guest, text);
    else if (text === "/who") guest.hear(`* Here: ${room.names().join(", ")}`);
    else if (text !== "") room.tell(`${guest.name}: ${text}`, guest);
  }
}
