/**
 * Ends children when this process dies, even by SIGKILL: one small shell holds the end of a pipe that only this process can
 * keep open, and knows the children by their sessions.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { runInRoot } from "../core/scope.ts";

/**
 * Reads `+ PID` and `- PID`; the first may come twice, from the child and from this process. When the pipe ends, it looks in /proc for whoever is in one of the sessions or descends from it, as
 * long as the looking finds more; sends SIGTERM, and half a second later SIGKILL. Where there is no /proc, the groups have to do.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM
roots=' '
while read -r operation pid; do
  case $operation in
    +) case $roots in *" $pid "*) ;; *) roots="$roots$pid " ;; esac ;;
    -) case $roots in *" $pid "*) roots="\${roots%%" $pid "*} \${roots#*" $pid "}" ;; esac ;;
  esac
done
[ "$roots" = ' ' ] && exit 0
victims=$roots
find_more() {
  more=
  for file in /proc/[0-9]*/stat; do
    read -r line 2>/dev/null < "$file" || continue
    pid=\${line%% *}
    set -- \${line##*) }
    case $victims in *" $pid "*) continue ;; esac
    case $roots in *" $4 "*) victims="$victims$pid "; more=yes; continue ;; esac
    case $victims in *" $2 "*) victims="$victims$pid "; more=yes ;; esac
  done
  [ -n "$more" ]
}
finish() {
  if [ -r /proc/self/stat ]; then while find_more; do :; done; fi
  for pid in $roots; do kill -s "$1" -- "-$pid"; done
  for pid in $victims; do kill -s "$1" "$pid"; done
} 2>/dev/null
finish TERM
sleep 0.5 2>/dev/null || sleep 1
finish KILL
`;

class Watchdog {
  readonly #pids = new Set<number>();
  #shell: ChildProcess | null = null;

  /** Before the child is started: without a watchdog there must be none. @returns why there is none */
  ready(): Promise<Error> | null {
    return this.#shell === null ? this.#start() : null;
  }

  /** Where a child can write a line too; null if the host does not tell. */
  get descriptor(): number | null {
    const handle: unknown = Reflect.get(this.#shell?.stdin ?? {}, "_handle");
    const fd: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : null;
    return typeof fd === "number" && fd >= 0 ? fd : null;
  }

  watch(pid: number): void {
    this.#pids.add(pid);
    this.#tell(`+ ${pid}\n`);
  }

  unwatch(pid: number): void {
    if (this.#pids.delete(pid)) this.#tell(`- ${pid}\n`);
    this.dismiss();
  }

  /** Nobody is left to be watched. */
  dismiss(): void {
    if (this.#pids.size > 0 || this.#shell === null) return;
    const shell = this.#shell;
    this.#shell = null;
    shell.stdin?.end();
  }

  #start(): Promise<Error> | null {
    const shell = runInRoot(() =>
      spawn("/bin/sh", ["-c", SCRIPT, "gyre-watchdog"], {
        detached: true,
        cwd: "/",
        env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
        stdio: ["pipe", "ignore", "ignore"],
      }),
    );
    const failed = new Promise<Error>((settle) => shell.on("error", settle));
    if (shell.pid === undefined) return failed;
    shell.stdin?.on("error", ignore);
    shell.unref();
    unref(shell.stdin);
    shell.once("exit", () => this.#replace(shell));
    this.#shell = shell;
    return null;
  }

  /** Somebody has ended the watchdog: another one takes over. */
  #replace(shell: ChildProcess): void {
    if (this.#shell !== shell) return;
    this.#shell = null;
    if (this.#pids.size === 0) return;
    const failed = this.#start();
    if (failed === null) for (const pid of this.#pids) this.#tell(`+ ${pid}\n`);
    else
      void failed.then((error) =>
        process.emitWarning(`Nobody watches over children with dieWithParent any more: ${error.message}`),
      );
  }

  /** The host writes so little at once, before this returns. */
  #tell(line: string): void {
    this.#shell?.stdin?.write(line);
  }
}

/** The watchdog of this thread. */
export const watchdog = new Watchdog();

function unref(stream: object | null): void {
  if (stream !== null && "unref" in stream && typeof stream.unref === "function") stream.unref();
}

function ignore(): void {}
