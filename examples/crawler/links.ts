import { Parser } from "htmlparser2";

/** The targets of a page's links, absolute and without fragments, each once and in the order of the page. */
export function extractLinks(html: string, base: string): string[] {
  const found = new Set<string>();
  const parser = new Parser({
    onopentag(name, { href }) {
      if (name !== "a" || href === undefined || !URL.canParse(href, base)) return;
      const url = new URL(href, base);
      url.hash = "";
      found.add(url.href);
    },
  });
  parser.end(html);
  return [...found];
}
