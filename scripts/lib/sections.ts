/** Splits the output of a parity topic into its sections: a heading `== <name>`, then the lines printed. */
export function parseSections(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (line.startsWith("== ")) {
      current = [];
      sections.set(line.slice("== ".length), current);
    } else if (current) {
      current.push(line);
    } else if (line !== "") {
      throw new Error(`a line stands before the first heading: ${line}`);
    }
  }
  return sections;
}
