/// <reference lib="dom" />
import { render } from "preact";
import { html } from "./html.ts";
import { Shell } from "./shell.ts";
import { applyTheme, heldTheme } from "./theme.ts";

applyTheme(heldTheme());
render(html`<${Shell} />`, document.getElementById("page")!);
