import type { OutputRules } from "../effects/mod.ts";
import { base64, decodeUtf8, utf8 } from "../formats/bytes.ts";
import { escapeControls } from "../formats/controls.ts";
import { largest } from "../formats/lists.ts";
import { pageHead } from "../export/html/page_head.ts";
import { STYLE } from "../export/html/style.ts";
import { TOOL_CLASSES, type TopAction } from "../schema/report.ts";
import type { Action } from "./actions.ts";
import { actionsByDay } from "./days.ts";
import type { TopReport } from "./top.ts";

/** Maximum number of days in the trend, counting only days with an action. */
const DAYS = 30;

const OWN_STYLE = `${STYLE}
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top }
th { color: var(--dim); font-weight: 400; border-top: 0 }
td.number, th.number { text-align: right }
svg { display: block; width: 100%; height: auto }
rect.radius1, rect.all { fill: var(--accent) }
rect.radius2 { fill: var(--warn) }
rect.radius3, rect.grave { fill: var(--bad) }
text { fill: var(--dim); font: 10px system-ui, sans-serif }
`;

const TITLE = "Riskiest actions";

/** A page may replace only an older page, which can be produced again. */
export const OLDER_PAGE: OutputRules = {
  older: (held) => decodeUtf8(held.subarray(0, 2048)).includes(`<title>${TITLE}</title>`),
  olderGoes: "away",
  hint: "Give another name: the existing file is not a page of top actions",
};

/**
 * Render a ranking as one self-contained HTML page without scripts or external resources. Names come from runs and
 * are untrusted: they are escaped, and the Content-Security-Policy of the page allows nothing but its own style.
 */
export async function makeTopPage(report: TopReport, version: string): Promise<Uint8Array<ArrayBuffer>> {
  const digest = base64(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(OWN_STYLE))));
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  return utf8(`${pageHead({ policy, version, title: TITLE, style: OWN_STYLE })}<main>
<section><h1>${TITLE}</h1><p>${summary(report)}</p></section>
${unreadable(report)}<section><h2>Ranking</h2>${ranking(report.top)}</section>
<section><h2>Blast radius and class</h2>${matrix(report.actions)}</section>
<section><h2>Trend</h2>${trend(report.actions)}</section>
${groups(report)}</main>
</body>
</html>
`);
}

function summary({ actionCount, runCount, traceCount, since }: TopReport): string {
  const scope = since === undefined ? "" : ` since ${html(since)}`;
  return `${actionCount} actions of ${runCount} runs and ${traceCount} traces${scope}.`;
}

function unreadable({ unreadable: files }: TopReport): string {
  if (files.length === 0) return "";
  const items = files.map(({ path, error }) =>
    `<li><bdi>${html(path)}</bdi>: <bdi>${html(error.message)}</bdi></li>`
  );
  return `<p class="notice">${files.length} files did not read and are not ranked.</p>\n` +
    `<section><h2>Not read</h2><ul>${items.join("")}</ul></section>\n`;
}

function ranking(top: readonly TopAction[]): string {
  const rows = top.map((action) =>
    `<tr><td class="number">${action.rank}</td><td class="number">${action.score}</td><td>${action.tool_class}</td>` +
    `<td>${radiusBar(action.blast_radius)}</td><td><bdi>${html(action.tool_name)}</bdi></td>` +
    `<td><bdi>${html(action.verdict ?? "")}</bdi></td><td><bdi>${
      html((action.reason_codes ?? []).join(", "))
    }</bdi></td>` +
    `<td><bdi>${html(action.run_id)}</bdi></td><td><bdi>${html(action.source_artifact)}</bdi></td></tr>`
  );
  return `<table><thead><tr><th class="number">rank</th><th class="number">score</th><th>class</th><th>radius</th>` +
    `<th>tool</th><th>verdict</th><th>reasons</th><th>run</th><th>artifact</th></tr></thead>` +
    `<tbody>${rows.join("\n")}</tbody></table>`;
}

function radiusBar(radius: number): string {
  const bars = Array.from(
    { length: radius },
    (_, i) => `<rect class="radius${radius}" x="${i * 12}" y="0" width="10" height="10"/>`,
  );
  return `<svg viewBox="0 0 34 10" width="34" height="10" role="img" aria-label="${radius} of 3">${
    bars.join("")
  }</svg>`;
}

/** A table with the number of actions of each class and radius. */
function matrix(actions: readonly Action[]): string {
  const counts = new Map<string, number>();
  for (const { entry } of actions) {
    const key = `${entry.tool_class} ${entry.blast_radius}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const rows = TOOL_CLASSES.toReversed().map((name) =>
    `<tr><td>${name}</td>${
      [1, 2, 3].map((radius) => `<td class="number">${counts.get(`${name} ${radius}`) ?? 0}</td>`).join("")
    }</tr>`
  );
  return `<table><thead><tr><th>class</th><th class="number">inside</th><th class="number">shared systems</th>` +
    `<th class="number">production, money, people</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** A bar chart of actions per day, with those that write or destroy highlighted. */
function trend(actions: readonly Action[]): string {
  const shown = actionsByDay(actions).slice(-DAYS);
  if (shown.length === 0) return "<p>No record tells when an action happened.</p>";
  const most = largest(shown.map(({ all }) => all));
  const bars = shown.map(({ day, all, grave }, i) => {
    const y = i * 16;
    const width = (count: number) => Math.round(count / most * 400);
    return `<text x="0" y="${y + 10}">${day}</text>` +
      `<rect class="all" x="70" y="${y + 2}" width="${width(all)}" height="9"/>` +
      `<rect class="grave" x="70" y="${y + 2}" width="${width(grave)}" height="9"/>` +
      `<text x="${76 + width(all)}" y="${y + 10}">${all}, ${grave} of them write or destroy</text>`;
  });
  return `<svg viewBox="0 0 640 ${shown.length * 16}" role="img" aria-label="actions a day">${
    bars.join("\n")
  }</svg>`;
}

function groups({ groups: found }: TopReport): string {
  if (found.length === 0) return "";
  const rows = found.slice(0, 100).map(({ name, actions, top_score, total_score }) =>
    `<tr><td><bdi>${
      html(name)
    }</bdi></td><td class="number">${actions}</td><td class="number">${top_score}</td>` +
    `<td class="number">${total_score}</td></tr>`
  );
  return `<section><h2>Summed up</h2><table><thead><tr><th>name</th><th class="number">actions</th>` +
    `<th class="number">riskiest</th><th class="number">all scores</th></tr></thead><tbody>${
      rows.join("")
    }</tbody>` +
    `</table></section>\n`;
}

/** Maximum length of a name on the page, in characters. */
const SHOWN = 400;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escape text for the page: invisible characters are shown as code points, markup as text. */
function html(text: string): string {
  const cut = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return escapeControls(cut.toWellFormed()).replace(/[&<>"']/g, (char) => ESCAPES[char]!);
}
