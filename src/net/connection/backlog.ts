/** What came and could not be delivered. Most connections have none, and so it is made when something has to wait. */
export class Backlog {
  readonly chunks: Buffer[] = [];
  /** Whether the ready queue will deliver it. */
  scheduled = false;
  /** Whether the link stopped reading because too much waits. */
  full = false;
}
