const EXCERPT = 80; // characters

/** A line of a stream of JSON values is not JSON. The stream goes on with the next line. */
export class JsonLineError extends SyntaxError {
  override readonly name = "JsonLineError";
  readonly code = "GYRE_INVALID_JSON";
  /** Which line of the stream, from 1. */
  readonly line: number;
  /** How it begins. */
  readonly excerpt: string;

  constructor(line: number, text: string, cause: unknown) {
    const excerpt = text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text;
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Line ${line} is not JSON: ${JSON.stringify(excerpt)} (${reason}).`, { cause });
    this.line = line;
    this.excerpt = excerpt;
  }
}
