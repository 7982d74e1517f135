/** The tables, and the same as JSON. */
import type { Measured } from "./rounds.ts";
import { type Summary, summarise } from "./statistics.ts";
import type { Figure, Fixture } from "./suite.ts";

/** One table for each figure of the fixture, then its legend. */
export function tables(fixture: Fixture, measured: readonly Measured[]): string {
  const all = fixture.figures.map((figure) => table(fixture, figure, measured));
  return `${all.join("\n\n")}\n${wrap(fixture.legend)}`;
}

/** All ratios of one figure to the baseline of each fixture that has it: a row for each subject, a column for each fixture. */
export function overview(results: ReadonlyMap<Fixture, readonly Measured[]>, figure: Figure): string {
  const rows = new Map<string, Map<Fixture, string>>();
  const having = [...results].filter(([{ figures }]) => figures.includes(figure));
  for (const [fixture, all] of having) {
    const baselines = all.filter(({ subject }) => subject.baseline);
    for (const one of all) {
      const twin = baselines.find(({ program }) => program.id === one.program.id) ?? baselines[0];
      const cell = failed(one) ? "failed" : ratio(summaryOf(one, figure), summaryOf(twin, figure));
      const row = `${one.subject.name}, ${one.program.title}`;
      rows.set(row, (rows.get(row) ?? new Map<Fixture, string>()).set(fixture, cell));
    }
  }
  const fixtures = having.map(([fixture]) => fixture);
  const lines = [...rows].map(([row, cells]) => [
    row,
    ...fixtures.map((fixture) => cells.get(fixture) ?? ""),
  ]);
  const title = `${figure.title}, as a multiple of the baseline (the ratio of the medians)`;
  return `${title}\n${align([["", ...fixtures.map(({ name }) => name)], ...lines])}`;
}

function table(fixture: Fixture, figure: Figure, measured: readonly Measured[]): string {
  const columns = columnsOf(measured);
  const rows = [...new Set(measured.map(({ subject }) => subject.name))];
  const cellOf = (row: string, column: string): Summary | null =>
    summaryOf(
      measured.find((one) => one.subject.name === row && one.program.id === column),
      figure,
    );
  const baselineName = measured.find(({ subject }) => subject.baseline)?.subject.name ?? "";
  const lines = rows.map((row) => {
    const elsewhere = measured.find(
      (one) => one.subject.name === row && !columns.some(({ id }) => id === one.program.id),
    );
    const lone = summaryOf(elsewhere, figure);
    const cells = columns.map(({ id }, i) =>
      elsewhere === undefined ? cellOf(row, id) : i === 0 ? lone : null,
    );
    const ratios = columns.map(({ id }) => ratio(lone ?? cellOf(row, id), cellOf(baselineName, id)));
    const empty = measured.some((one) => one.subject.name === row && failed(one)) ? "failed" : "";
    return [row, ...cells.map((cell) => (cell === null ? empty : format(cell))), ratios.join(" · ")];
  });
  const head = ["", ...columns.map(({ title }) => title), "× baseline"];
  const title = `${fixture.name}: ${fixture.title}\n${figure.title} in ${figure.unit}, median (least..most) of the rounds`;
  return `${title}\n${align([head, ...lines])}`;
}

/** The programs that most subjects run on have a column each; a subject with a program of its own has its figure in the first. */
function columnsOf(measured: readonly Measured[]): { readonly id: string; readonly title: string }[] {
  const baseline = measured.filter(({ subject }) => subject.baseline);
  const source = baseline.length > 0 ? baseline : measured;
  return [...new Map(source.map(({ program }) => [program.id, program])).values()];
}

function failed({ answers, failures }: Measured): boolean {
  return answers.length === 0 && failures.length > 0;
}

function summaryOf(one: Measured | undefined, figure: Figure): Summary | null {
  const values = one?.answers.flatMap((answer) => answer[figure.key] ?? []) ?? [];
  return values.length === 0 ? null : summarise(values.map((value) => value / figure.scale));
}

function ratio(value: Summary | null, baseline: Summary | null): string {
  return value === null || baseline === null ? "–" : digits(value.median / baseline.median);
}

function format({ median, min, max }: Summary): string {
  return `${digits(median)} (${digits(min)}..${digits(max)})`;
}

/** Three significant digits, and thousands apart. */
function digits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

function wrap(text: string, width = 110): string {
  return text.replaceAll(new RegExp(`(.{1,${width}})(?: |$)`, "g"), "  $1\n").trimEnd();
}

/** What .build/bench/results/ keeps: each answer of each round. */
export function asJson(measured: ReadonlyMap<Fixture, readonly Measured[]>, conditions: object): string {
  const fixtures = [...measured].map(([fixture, all]) => ({
    name: fixture.name,
    title: fixture.title,
    ...("units" in fixture ? { units: fixture.units } : {}),
    subjects: all.map(({ subject, program, answers, failures }) => ({
      name: subject.name,
      program: program.title,
      baseline: subject.baseline === true,
      answers,
      failures,
    })),
  }));
  return `${JSON.stringify({ ...conditions, fixtures }, null, 2)}\n`;
}
