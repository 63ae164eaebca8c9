import { html } from "../html.ts";
import { Data, safe } from "../parts/safe_text.ts";
import { Badge, Shape } from "../parts/verdict_badge.ts";
import type { Answer } from "../session/answer.ts";

const MARKS: Readonly<Record<string, string>> = {
  same: "same",
  changed: "changed",
  inserted: "only right",
  missing: "only left",
};

/** Calls of two runs in two columns, a row for each pair. */
export function CallPairs({ left, right, rows, total }: {
  left: string;
  right: string;
  rows: readonly Answer[];
  total: number;
}) {
  return html`
    <div class="scroll-x">
      <table class="pairs">
        <thead>
          <tr>
            <th scope="col">
              <${Data} text=${left} name />
            </th>
            <th scope="col"><span class="sr">how they differ</span></th>
            <th scope="col">
              <${Data} text=${right} name />
            </th>
          </tr>
        </thead>
        <tbody>${rows.map((row, i) =>
          html`
            <tr key=${i} class=${row.kind}>
              <td>
                <${Side} call=${row.left} />
              </td>
              <td class="mark"><${Shape} word=${row.kind} /> ${MARKS[row.kind] ??
                safe(row.kind)}${row.changes.length > 0
                ? html`<small>${safe(row.changes.join(", "))}</small>`
                : ""}</td>
              <td>
                <${Side} call=${row.right} />
              </td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>${total > rows.length && html`<p class="note">The first ${rows.length} of ${total} are shown.</p>`}
  `;
}

function Side({ call }: { call: Answer }) {
  if (!call) return html`<span class="dim">none</span>`;
  return html`
    <div
      class="side"><span class="number">${call.call}</span><span><b><${Data} text=${call
        .tool} name /></b> ${call.verdict && html`<${Badge} word=${call.verdict} />`}</span></div>
  `;
}
