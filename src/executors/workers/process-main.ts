/** What a worker process runs: a request comes in over the channel to the parent, and a reply goes out. */

import { notCloneable } from "../transport/cloneable.ts";
import type { Initializer, Reply, Request } from "../transport/messages.ts";
import { packError } from "../transport/sent-errors.ts";
import { Performer } from "./perform.ts";

type Message = { readonly initializer: Initializer | null } | { readonly request: Request };

let performer = new Performer(null);

process.on("SIGINT", () => {}); // Ctrl-C goes to the whole group, but the parent decides what becomes of its workers
process.on("disconnect", () => process.exit());
process.on("message", (message: Message) => {
  if ("initializer" in message) performer = new Performer(message.initializer);
  else void performer.perform(message.request).then(({ reply }) => send(reply));
});

function send(reply: Reply): void {
  try {
    process.send?.(reply);
  } catch (cause) {
    const value = "value" in reply ? reply.value : undefined;
    process.send?.({ error: packError(notCloneable(value, "the result", cause), null) });
  }
}
