/** How a connection comes to its end. There is none while nothing points to it. */
export class Ending {
  /** Whether the peer has said all. */
  ofPeer = false;
  /** The end of the outgoing direction: wanted once everything is sent. */
  wanted = false;
  onDrained: (() => void) | null = null;
  /** What went wrong within a call of ours, until it is reported. */
  failure: Error | null = null;
}
