import { type FileHandle, open } from "node:fs/promises";
import type { EventLoop } from "../../core/event-loop.ts";
import type { Future } from "../../core/future.ts";
import { HostOperation } from "../host-operation.ts";

export interface OpenedFile {
  readonly handle: FileHandle;
  readonly destroy: () => void;
}

export function openFile(loop: EventLoop, path: string | URL): Future<OpenedFile> {
  return new HostOperation<OpenedFile>(
    loop,
    ({ resolve, reject }) => {
      const offer = (handle: FileHandle): void =>
        resolve({ handle, destroy: () => void handle.close().catch(() => undefined) });
      open(path).then(offer, reject);
      return () => undefined;
    },
    (late) => late.destroy(),
  );
}
