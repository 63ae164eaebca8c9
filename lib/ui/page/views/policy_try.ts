/// <reference lib="dom" />
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.ts";
import { Failure, Field, Panel } from "../parts/blocks.ts";
import { Data, safe } from "../parts/safe_text.ts";
import { Badge } from "../parts/verdict_badge.ts";
import { useQuery } from "../session/use_query.ts";
import { Reasons } from "./explanation.ts";
import type { Answer } from "../session/answer.ts";

const DELAY = 250;

/** An intent to begin with where the folder has none. */
const EXAMPLE = JSON.stringify(
  {
    schema_id: "gait.gate.intent_request",
    schema_version: "1.0.0",
    created_at: "2026-01-01T00:00:00Z",
    producer_version: "ui",
    tool_name: "tool.delete",
    args: { path: "/tmp/report.txt" },
    targets: [{ kind: "path", value: "/tmp/report.txt", operation: "delete", destructive: true }],
    context: { identity: "agent", workspace: "/srv/app", risk_class: "high" },
  },
  null,
  2,
);

/** Try an intent, change a field, and see the verdict change. Nothing is decided or recorded. */
export function TryIntent(
  { intents, policy, valid }: { intents: readonly Answer[]; policy: string; valid: boolean },
) {
  const [path, setPath] = useState<string>(intents[0]?.path ?? "");
  const [text, setText] = useState(EXAMPLE);
  const [tried, setTried] = useState(text);
  const chosen = useQuery(path === "" ? undefined : "policy/intent", { path });
  useEffect(() => {
    if (chosen.data) setText(chosen.data.text);
  }, [chosen.data]);
  useEffect(() => {
    const timer = setTimeout(() => setTried(text), DELAY);
    return () => clearTimeout(timer);
  }, [text]);
  const result = useQuery(valid ? "policy/try" : undefined, { policy, intent: tried });
  const { data, error } = result;
  return html`
    <${Panel} title="Try an intent" aside=${data && html`<${Badge} word=${data.verdict} />`}>
      <${Field} label="Begin with"><select id="try-intent" value=${path} onChange=${(event: Event) =>
        setPath((event.currentTarget as HTMLSelectElement).value)}>
          ${intents.map((known) =>
            html`<option key=${known.path} value=${known.path}>${
              safe(`${known.tool_name} (${known.path})`, 100)
            }</option>`
          )}
          <option value="">an example</option></select></${Field}>
        <${Field} label="Intent, as JSON"><textarea id="try-text" class="code" rows="10" spellcheck="false" value=${text}
          onInput=${(event: Event) =>
            setText((event.currentTarget as HTMLTextAreaElement).value)} /></${Field}>
        <div class="try-result" aria-live="polite">${!valid
          ? html`<p class="note">The policy is not valid.</p>`
          : error
          ? html`<${Failure} error=${error} />`
          : data && html`
            <p
              class="verdict-line"><span class="dim"><${Data} text=${data
                .reason_codes.join(", ")} /></span></p>
            <${Reasons} explanation=${data.explanation} />
          `}</div></${Panel}>
  `;
}
