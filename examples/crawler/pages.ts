/** The site's content: the project's own documentation as HTML, with a page of its own for each row of docs/features.md. */

import { readdirSync, readFileSync } from "node:fs";
import { marked } from "marked";

const ROOT = new URL("../../../", import.meta.url); // compiled, this file lies in .build/examples/crawler
const FEATURES = "docs/features.md";

/** The HTML of every page, by path. */
export function renderPages(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  const add = (page: Page): Map<string, string> => pages.set(page.path, toHtml(page));
  const files = [
    "README.md",
    "CHANGELOG.md",
    "examples/README.md",
    ...readdirSync(new URL("docs/", ROOT)).map((name) => `docs/${name}`),
  ];
  for (const file of files.filter((name) => name.endsWith(".md") && name !== FEATURES)) {
    add({ path: pathOf(file), title: file, markdown: readText(file) });
  }
  for (const page of featurePages(readText(FEATURES))) add(page);
  for (const [path, html] of pages) pages.set(path, withoutDeadLinks(html, path, pages));
  return pages;
}

/** Links to what is no page, such as a source file, become plain text. */
function withoutDeadLinks(html: string, path: string, pages: ReadonlyMap<string, string>): string {
  return html.replaceAll(/<a href="([^"]*)">(.*?)<\/a>/gs, (link, href: string, text: string) => {
    const { origin, pathname } = new URL(href, `http://site${path}`);
    return origin !== "http://site" || pages.has(pathname) ? link : text;
  });
}

interface Page {
  readonly path: string;
  readonly title: string;
  readonly markdown: string;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** One page that lists the sections, one for each section, and one for each row. */
function* featurePages(markdown: string): Generator<Page> {
  const [introduction = "", ...sections] = markdown.split(/^## /m);
  const titles = sections.map((section) => section.slice(0, section.indexOf("\n")));
  const rows = sections.map(readRows);
  const all = rows.flat();
  const list = titles.map((title, index) => `- [${title}](/docs/features/${index + 1}.html)`);
  yield {
    path: pathOf(FEATURES),
    title: "Features",
    markdown: linkRows(`${introduction}\n${list.join("\n")}`),
  };
  for (const [index, title] of titles.entries()) {
    const path = `/docs/features/${index + 1}.html`;
    const items = (rows[index] ?? []).map((row) => `- [${row.id}](${rowPath(row.id)}) ${row.name}`);
    yield {
      path,
      title,
      markdown: `# ${title}\n\n${items.join("\n")}\n\n[All sections](/docs/features.html)`,
    };
    for (const row of rows[index] ?? []) {
      const position = all.indexOf(row);
      const neighbours = [all[position - 1], all[position + 1]].filter((other) => other !== undefined);
      const navigation = [`[${title}](${path})`, ...neighbours.map(({ id }) => `[${id}](${rowPath(id)})`)];
      const body = `# ${row.id}\n\n${row.name}\n\n${linkRows(row.text)}\n\n${navigation.join(" · ")}`;
      yield { path: rowPath(row.id), title: row.id, markdown: body };
    }
  }
}

function readRows(section: string): Row[] {
  return [...section.matchAll(/^\| ([A-Z]+-\d+) \|(.*)\|$/gm)].map(([, id = "", cells = ""]) => {
    const [name = "", text = ""] = cells.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { id, name, text };
  });
}

/** Makes a link of every row that is mentioned outside of code. */
function linkRows(markdown: string): string {
  const parts = markdown.split("`");
  return parts
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll(/\b[A-Z]+-\d\d\b/g, (id) => `[${id}](${rowPath(id)})`),
    )
    .join("`");
}

function rowPath(id: string): string {
  return `/docs/features/${id}.html`;
}

function pathOf(file: string): string {
  return file === "README.md" ? "/" : `/${file.replace(/\.md$/, ".html")}`;
}

function readText(file: string): string {
  return readFileSync(new URL(file, ROOT), "utf8");
}

function toHtml({ title, path, markdown }: Page): string {
  const body = marked
    .parse(markdown, { async: false })
    .replaceAll(/(href="(?!https?:)[^"#]*)\.md/g, "$1.html");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title.replaceAll("<", "&lt;")}</title>
<style>body { max-width: 48rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui; }</style>
<nav><a href="/">gyre</a> · <a href="/docs/features.html">features</a></nav>
<main data-path="${path}">
${body}</main>
</html>
`;
}
