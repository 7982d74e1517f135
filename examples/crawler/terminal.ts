/** Colours and cursor, in plain ANSI, where a terminal shows them. */

export const isTerminal = process.stdout.isTTY;
const isColourful = isTerminal && !process.env["NO_COLOR"];

function colour(code: number): (text: string) => string {
  return (text) => (isColourful ? `\u001B[${code}m${text}\u001B[0m` : text);
}

export const bold = colour(1);
export const dim = colour(2);
export const red = colour(31);
export const green = colour(32);
export const yellow = colour(33);
export const cyan = colour(36);

export const HIDE_CURSOR = "\u001B[?25l";
export const SHOW_CURSOR = "\u001B[?25h";
/** Up one line, and away with all from there on. */
export const ERASE_LINE = "\u001B[1A\u001B[0J";

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `width` columns, filled to `share` (0 to 1) in eighths of a column. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(Math.max(share, 0), 1) * width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
