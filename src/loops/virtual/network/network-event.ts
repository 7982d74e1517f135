/** Something that happened in a simulated network. As text: `12 ms  client -> db  connect …`. */
export class NetworkEvent {
  /** Milliseconds on the loop's clock. */
  readonly time: number;
  /** The name of a host. */
  readonly from: string;
  /** The name of a host; null where there is no other. */
  readonly to: string | null;
  readonly what: string;

  constructor(time: number, from: string, to: string | null, what: string) {
    this.time = time;
    this.from = from;
    this.to = to;
    this.what = what;
  }

  toString(): string {
    return `${this.time} ms  ${this.from}${this.to === null ? "" : ` -> ${this.to}`}  ${this.what}`;
  }
}
