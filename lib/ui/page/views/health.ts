import { html } from "../html.ts";
import { Command, Head, Loaded, Panel } from "../parts/blocks.ts";
import { Data, safe } from "../parts/safe_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import { useQuery } from "../session/use_query.ts";
import type { Answer } from "../session/answer.ts";

const ORDER = ["fail", "warn", "pass"];

/** Health: what gait doctor finds, the worst first, with the fix for each. */
export function Health() {
  const query = useQuery("doctor");
  return html`
    <${Head} title="Health"
      lead="What gait doctor finds in this installation and folder. It changes nothing.">
          <button type="button" class="quiet" onClick=${query.reload}>Look again</button></${Head}>
        <${Loaded} query=${query}>${(data: Answer) => {
          const checks = data.checks.toSorted((a: Answer, b: Answer) =>
            ORDER.indexOf(a.status) - ORDER.indexOf(b.status)
          );
          const count = (status: string) => checks.filter((check: Answer) => check.status === status).length;
          return html`
            <div class="summary-line"><${Badge} word=${data.status} />
                    <span>${sentence(count, checks.length)}</span></div>
            <${Panel}>
              <ul class="checks">${checks.map((check: Answer) =>
                html`
                  <li key=${check.name}>
                    <${Badge} word=${check.status} />
                    <div><b>${safe(check.name.replaceAll("_", " "))}</b>
                            <p><${Data} text=${check.message} /></p>${check.fix_command &&
                              html`<${Command} text=${check.fix_command} />`}</div>
                  </li>
                `
              )}</ul>
              </${Panel}>
          `;
        }}</${Loaded}>
  `;
}

function sentence(count: (status: string) => number, all: number): string {
  const others = ["fail", "warn"].filter((status) => count(status) > 0).map((status) =>
    `, ${count(status)} ${status}`
  );
  return `${count("pass")} of ${all} checks pass${others.join("")}`;
}
