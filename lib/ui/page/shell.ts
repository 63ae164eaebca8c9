/// <reference lib="dom" />
import { useEffect, useState } from "preact/hooks";
import { html } from "./html.ts";
import { Command, Field } from "./parts/blocks.ts";
import { Data, safe } from "./parts/safe_text.ts";
import { addressOf, type Route, useRoute } from "./route.ts";
import { look, whenRefused } from "./session/api.ts";
import { connect, type Connection, onConnection, onTopics } from "./session/events.ts";
import { acceptPasted, dropToken, findToken, shareToken } from "./session/token.ts";
import { applyTheme, heldTheme, type Theme } from "./theme.ts";
import { Approvals } from "./views/approvals.ts";
import { Health } from "./views/health.ts";
import { Jobs } from "./views/jobs.ts";
import { Policy } from "./views/policy.ts";
import { Regressions } from "./views/regressions.ts";
import { Risk } from "./views/risk.ts";
import { Runs } from "./views/runs.ts";
import { Start } from "./views/start.ts";
import { Traces } from "./views/traces.ts";
import { Verify } from "./views/verify.ts";

/** Views take the route or nothing. */
type View = (props: { route: Route }) => unknown;

const VIEWS: readonly (readonly [name: string, title: string, view: View])[] = [
  ["start", "Start", Start],
  ["traces", "Traces", Traces],
  ["runs", "Runs", Runs],
  ["verify", "Verify", Verify],
  ["policy", "Policy", Policy],
  ["approvals", "Approvals", Approvals],
  ["jobs", "Jobs", Jobs],
  ["risk", "Risk", Risk],
  ["regressions", "Regressions", Regressions],
  ["health", "Health", Health],
];

/** What the server says of itself. */
interface About {
  readonly version: string;
  readonly read_only: boolean;
  readonly workspace: string;
}

/** The page: who is in, where the reader is, and the view there. */
export function Shell() {
  const route = useRoute();
  const [open, setOpen] = useState<"asking" | "in" | "locked">("asking");
  const [connection, setConnection] = useState<Connection>("connecting");
  const [about, setAbout] = useState<About | undefined>();
  const enter = () => {
    setOpen("in");
    connect();
  };
  useEffect(() => {
    whenRefused(() => {
      dropToken();
      setOpen("locked");
    });
    onConnection((now) => {
      setConnection(now);
      shareToken(now !== "lost");
      if (now !== "refused") return;
      dropToken();
      setOpen("locked");
    });
    findToken().then((found) => found ? enter() : setOpen("locked"));
  }, []);
  useEffect(() => {
    if (open !== "in") return;
    const load = () =>
      void Promise.all([look("about"), look("state")])
        .then(([about, state]) => setAbout({ ...about, workspace: state.workspace }), () => {});
    load();
    return onTopics((topics) => topics.includes("server") && load());
  }, [open]);
  const [name, title, View] = VIEWS.find(([name]) => name === route.view) ?? VIEWS[1]!;
  useEffect(() => {
    document.title = `${title} · Gait Local UI`;
    document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    if (route.view !== "") document.getElementById("title")?.focus();
  }, [name]);
  if (open === "asking") return html`<div class="loading" role="status">Opening…</div>`;
  if (open === "locked") return html`<${Locked} onOpen=${enter} />`;
  return html`
    <a class="skip" href="#title" onClick=${(event: Event) => {
      event.preventDefault();
      document.getElementById("title")?.focus();
    }}>Skip to the content</a>
    <div class="shell">
      <${Side} name=${name} connection=${connection} about=${about} />
      <main class=${`view view-${name}`} data-view=${name} data-connection=${connection}>
            ${connection === "lost" &&
              html`<p class="banner lost" role="alert">The server does not answer. What you see may be out of date; the
          page goes on trying.</p>`}
            <${View} route=${route as Route} />
          </main>
    </div>
  `;
}

function Side(
  { name, connection, about }: { name: string; connection: Connection; about: About | undefined },
) {
  return html`
    <header class="side-bar">
      <a class="brand" href=${addressOf(
        "traces",
      )}><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <path d="M4 21V8l8-5 8 5v13h-5v-7H9v7Z" /></svg>Gait</a>
      <nav aria-label="Views">
        <ul>${VIEWS.map(([id, title]) =>
          html`<li key=${id}><a href=${addressOf(id)} aria-current=${
            id === name ? "page" : undefined
          }>${title}</a></li>`
        )}</ul>
      </nav>
      <div class="side-foot">
          <span class=${`pulse ${connection}`} role="status"><i></i>${WORDS[connection]}</span>
          ${about && html`
            <span class="workspace" title=${safe(about.workspace)}><${Data} text=${about.workspace} /></span>
            <span class="dim">${safe(about.version, 40)}${about.read_only ? ", read-only" : ""}</span>
          `}
          <${Themes} /></div>
    </header>
  `;
}

const WORDS: Readonly<Record<Connection, string>> = {
  connecting: "Connecting",
  live: "Live",
  lost: "Not reachable",
  refused: "Locked",
};

function Themes() {
  const [theme, setTheme] = useState<Theme>(heldTheme());
  return html`
    <label
      class="themes"><span class="sr">Colours</span><select id="theme" value=${theme} onChange=${(
        event: Event,
      ) => {
        const chosen = (event.currentTarget as HTMLSelectElement).value as Theme;
        setTheme(chosen);
        applyTheme(chosen);
      }}><option value="auto">System colours</option><option value="light">Light</option><option value="dark">Dark</option></select></label>
  `;
}

/** Shown without a token: how to get in. */
function Locked({ onOpen }: { onOpen: () => void }) {
  const [text, setText] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await acceptPasted(text)) onOpen();
  };
  return html`
    <main class="locked">
      <section class="panel">
        <h1 tabindex="-1" id="title">This page is locked</h1>
        <p>Open the link that <code>gait ui</code> showed when it started. It works once; for another tab, leave one open, or start again:</p>
        <${Command} text="gait ui" />
        <form class="form" onSubmit=${submit}>
          <${Field} label="Or paste the link or the token"><input id="token" type="password" required
          autocomplete="off" value=${text} onInput=${(event: Event) =>
            setText((event.currentTarget as HTMLInputElement).value)} /></${Field}>
          <div class="buttons"><button type="submit">Open</button></div></form></section></main>
  `;
}
