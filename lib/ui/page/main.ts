/// <reference lib="dom" />
import { render } from "preact";
import { html } from "./html.ts";

render(html`<main>Gait</main>`, document.getElementById("page")!);
