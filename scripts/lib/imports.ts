/** An import or re-export as it stands in a source file. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Type imports vanish when compiled, dynamic ones run when asked for. */
  readonly kind: "static" | "type" | "dynamic";
}

const STATEMENT = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w*{][^"';]*?\sfrom\s*)?"([^"]+)"/gm;
const CALL = /\bimport\(\s*"([^"]+)"\s*\)/g;

/** All imports of a file of ours; it relies on the formatter's double quotes. */
export function importsOf(source: string): Import[] {
  const code = withoutComments(source);
  const found: Import[] = [];
  for (const match of code.matchAll(STATEMENT)) {
    found.push({
      specifier: match[2] ?? "",
      line: lineAt(code, match.index),
      kind: match[1] ? "type" : "static",
    });
  }
  for (const match of code.matchAll(CALL)) {
    found.push({ specifier: match[1] ?? "", line: lineAt(code, match.index), kind: "dynamic" });
  }
  return found;
}

/** Blanks comments out; lines keep their numbers. */
function withoutComments(source: string): string {
  return source
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
