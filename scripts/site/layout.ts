/** The frame around a page: navigation, search, contents. */
import { dirname, relative } from "node:path/posix";
import { escapeHtml, type SitePage } from "./page.ts";

/** A group of the navigation with its pages. */
export interface NavigationGroup {
  readonly title: string;
  readonly pages: readonly { readonly path: string; readonly title: string }[];
}

/** The whole HTML of a page. */
export function layOut(page: SitePage, groups: readonly NavigationGroup[], index: string): string {
  const up = (path: string) => relative(dirname(page.path), path) || path;
  const item = ({ path, title }: { path: string; title: string }) =>
    `<li><a href="${up(path)}"${path === page.path ? ' aria-current="page"' : ""}>${title}</a></li>`;
  const navigation = groups.map(({ title, pages }) =>
    `<section><h2>${title}</h2><ul>${pages.map(item).join("")}</ul></section>`
  ).join("");
  const contents = page.headings.filter(({ depth }) => depth === 2);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${page.title === "Gait" ? "Gait" : `${page.title} · Gait`}</title>
<link rel="stylesheet" href="${up("style.css")}">
<script defer src="${up("search_index.js")}"></script>
<script defer src="${up("search.js")}"></script>
</head>
<body data-root="${escapeHtml(up("index.html").replace(/index\.html$/, ""))}">
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="name" href="${up(index)}">Gait</a>
<a class="to-pages" href="#pages">Pages</a>
<div class="search" role="search">
<label for="query">Search</label>
<input id="query" type="search" placeholder="Search (press /)" autocomplete="off" aria-controls="results">
<ol id="results" hidden></ol>
</div>
</header>
<div class="columns">
<nav id="pages" aria-label="Pages">${navigation}</nav>
<main id="content">
${page.html}
</main>
${
    contents.length < 2
      ? ""
      : `<aside aria-label="On this page"><h2>On this page</h2><ul>${
        contents.map(({ id, text }) => `<li><a href="#${id}">${text}</a></li>`).join("")
      }</ul></aside>`
  }
</div>
</body>
</html>
`;
}
