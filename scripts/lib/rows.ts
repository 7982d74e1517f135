/** The rows of docs/features.md: which tests prove them, which docs/deviations.md declines. */

const ROW = /^\| ([A-Z]+-\d+) \|/gm;
const DECLINED = /^\| ((?:[A-Z]+-\d+(?:, )?)+) \| (.+) \|$/gm;
const TITLE =
  /\b(?:it|test|describe|describeOnLoops|scenario|script)(?:\.\w+)?\(\s*(["'`])((?:\\.|(?!\1)[^\\])*)\1/g;
const IDS = /\[([A-Z]+-\d+(?: [A-Z]+-\d+)*)\]$/;

export interface Proof {
  readonly row: string;
  readonly file: string;
  readonly line: number;
}

export interface Checklist {
  readonly rows: readonly string[];
  readonly proofs: readonly Proof[];
  readonly declined: readonly string[];
}

/** The row IDs of docs/features.md, in its order. */
export function parseRows(features: string): string[] {
  return [...features.matchAll(ROW)].map((match) => match[1] ?? "");
}

/** The row IDs that the table "Declined rows" of docs/deviations.md argues away. */
export function parseDeclined(deviations: string): string[] {
  return [...deviations.matchAll(DECLINED)].flatMap((match) => (match[1] ?? "").split(", "));
}

/** The titles of the tests in a source file that are plain literals, with their lines. */
export function parseTitles(source: string): { title: string; line: number }[] {
  return [...source.matchAll(TITLE)].map((match) => ({
    title: match[2] ?? "",
    line: source.slice(0, match.index).split("\n").length,
  }));
}

/** The rows that a test file proves: titles end with them in brackets, as in `"a title [FUT-05 FUT-06]"`. */
export function parseProofs(file: string, source: string): Proof[] {
  return parseTitles(source).flatMap(({ title, line }) => {
    const ids = IDS.exec(title)?.[1]?.split(" ") ?? [];
    return ids.map((row) => ({ row, file, line }));
  });
}

/** What contradicts itself: rows that do not exist, twice declared ones, rows both proved and declined. */
export function findProblems({ rows, proofs, declined }: Checklist): string[] {
  const known = new Set(rows);
  const unknown = (row: string): boolean => !known.has(row);
  return [
    ...duplicates(rows).map((row) => `docs/features.md: ${row} stands there twice`),
    ...duplicates(declined).map((row) => `docs/deviations.md: ${row} is declined twice`),
    ...declined.filter(unknown).map((row) => `docs/deviations.md: there is no row ${row}`),
    ...proofs
      .filter(({ row }) => unknown(row))
      .map(({ row, file, line }) => `${file}:${line}: there is no row ${row} in docs/features.md`),
    ...proofs
      .filter(({ row }) => declined.includes(row))
      .map(
        ({ row, file, line }) => `${file}:${line}: ${row} is proved here, but docs/deviations.md declines it`,
      ),
  ];
}

export interface AreaCount {
  readonly area: string;
  readonly proved: number;
  readonly declined: number;
  readonly open: readonly string[];
}

/** Proved, declined and open rows for each area (RUN, POL, …), in the order of the checklist. */
export function countAreas({ rows, proofs, declined }: Checklist): AreaCount[] {
  const provedRows = new Set(proofs.map(({ row }) => row));
  const declinedRows = new Set(declined);
  const areas = [...new Set(rows.map(areaOf))];
  return areas.map((area) => {
    const own = rows.filter((row) => areaOf(row) === area);
    return {
      area,
      proved: own.filter((row) => provedRows.has(row)).length,
      declined: own.filter((row) => declinedRows.has(row)).length,
      open: own.filter((row) => !provedRows.has(row) && !declinedRows.has(row)),
    };
  });
}

function areaOf(row: string): string {
  return row.slice(0, row.indexOf("-"));
}

function duplicates(items: readonly string[]): string[] {
  return items.filter((item, index) => items.indexOf(item) !== index);
}
