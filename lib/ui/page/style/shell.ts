/** Colours, type, and the frame of the page: side bar, head and panels, from 420 px to wide screens. */
export const SHELL_STYLE = `
:root { color-scheme: light dark;
  --ink: light-dark(#1c2128, #e6eaee); --dim: light-dark(#57606a, #9da7b3); --line: light-dark(#dde2e8, #2f3842);
  --paper: light-dark(#fff, #1a2027); --ground: light-dark(#f5f6f8, #11151a); --sunken: light-dark(#f5f6f8, #141920);
  --hover: light-dark(#eef1f5, #222a33); --accent: light-dark(#1f57a8, #8bb6f2); --on-accent: light-dark(#fff, #0f141a);
  --accent-ground: light-dark(#e8effa, #1d2c42);
  --good: light-dark(#176639, #7fd6a0); --good-ground: light-dark(#e4f4ea, #15301f);
  --bad: light-dark(#a31d28, #ff9da4); --bad-ground: light-dark(#fcebec, #3d191d);
  --warn: light-dark(#775000, #efc675); --warn-ground: light-dark(#fdf2d9, #362b12);
  --plain-ground: light-dark(#edf0f3, #28303a); --chart: light-dark(#9bb8de, #40618f); --chart-grave: light-dark(#a31d28, #ff9da4);
  --radius: 8px; --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace }
:root[data-theme=light] { color-scheme: light }
:root[data-theme=dark] { color-scheme: dark }
* { box-sizing: border-box }
html, body, #page { height: 100% }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif }
h1, h2, h3, h4, p, ul, ol, dl, dd { margin: 0 }
h1 { font-size: 22px; line-height: 1.25; font-weight: 650; letter-spacing: -.01em }
h1:focus { outline: none }
h2 { font-size: 15px; line-height: 1.35; font-weight: 650 }
h3 { font-size: 14px; font-weight: 650 }
h4 { font-size: 13px; font-weight: 650 }
ul, ol { list-style: none; padding: 0 }
a { color: var(--accent) }
bdi, dd, p, h3 { overflow-wrap: anywhere }
code, .code { font-family: var(--mono); font-size: .9em }
p code { background: var(--plain-ground); border-radius: 4px; padding: .1em .35em }
.dim { color: var(--dim) }
.small-text { font-size: 12.5px }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: absolute; left: -999px; top: 8px; z-index: 10; background: var(--paper); padding: 8px 14px; border-radius: 6px }
.skip:focus { left: 8px }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.shell { display: grid; grid-template-columns: 208px minmax(0, 1fr); height: 100% }
.side-bar { display: flex; flex-direction: column; gap: 20px; padding: 20px 12px 16px; border-right: 1px solid var(--line);
  background: var(--paper); min-height: 0; overflow: auto }
.brand { display: flex; align-items: center; gap: 8px; padding: 0 10px; font-size: 17px; font-weight: 700; color: var(--ink);
  text-decoration: none; letter-spacing: -.01em }
.brand svg { fill: var(--accent) }
nav ul { display: grid; gap: 2px }
nav a { display: block; padding: 7px 10px; border-radius: 6px; color: var(--ink); text-decoration: none }
nav a:hover { background: var(--hover) }
nav a[aria-current] { background: var(--accent-ground); color: var(--accent); font-weight: 600 }
.side-foot { margin-top: auto; display: grid; gap: 6px; padding: 12px 10px 0; border-top: 1px solid var(--line); font-size: 12.5px }
.workspace { overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow-wrap: anywhere }
.pulse { display: flex; align-items: center; gap: 7px; font-weight: 600 }
.pulse i { width: 8px; height: 8px; border-radius: 50%; background: var(--dim) }
.pulse.live i { background: var(--good) }
.pulse.lost i { background: var(--bad); border-radius: 1px }
.themes select { width: 100%; margin-top: 4px }
.view { padding: 28px 32px 40px; overflow: auto; min-width: 0; display: flex; flex-direction: column; gap: 16px }
.view > * { width: 100%; max-width: 2280px; flex: none }
.view-traces > .split { flex: 1 0 0; min-height: 420px }
.view-start > *, .view-health > *, .view-regressions > * { max-width: 980px }
.head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: end; gap: 8px 24px }
.lead { color: var(--dim); margin-top: 4px; max-width: 80ch }
.actions, .buttons { display: flex; flex-wrap: wrap; gap: 8px; align-items: center }
.panel { background: var(--paper); border: 1px solid var(--line); border-radius: var(--radius); padding: 16px 20px; min-width: 0 }
.panel.flush { padding: 0; overflow: hidden }
.panel-head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 6px 16px; margin-bottom: 12px }
.stack { display: grid; gap: 16px; align-content: start; min-width: 0 }
.two { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 16px; align-items: start }
.split { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 16px; align-items: start; min-height: 0 }
.split.narrow-left { grid-template-columns: minmax(240px, 340px) minmax(0, 1fr) }
.view-traces .split { grid-template-columns: minmax(0, 1fr) }
.view-traces .split.opened { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) }
.view-traces .split > * { height: 100%; overflow: auto; max-height: 100% }
.toolbar { display: flex; flex-wrap: wrap; gap: 10px 20px; align-items: end }
.toolbar .actions { margin-left: auto }
.locked { min-height: 100%; display: grid; place-items: center; padding: 24px }
.locked .panel { max-width: 520px; display: grid; gap: 14px; padding: 28px 32px }
.banner { background: var(--accent-ground); border-radius: var(--radius); padding: 10px 16px }
.banner code { background: var(--paper) }
.banner.lost { background: var(--bad-ground); color: var(--bad); font-weight: 600 }
@media (max-width: 1180px) {
  .two, .policy-grid, .verify-grid { grid-template-columns: minmax(0, 1fr) !important }
  .view-traces .split.opened { grid-template-columns: minmax(0, 1fr) }
  .view-traces .split.opened > .list-panel { display: none }
}
@media (max-width: 860px) {
  .shell { grid-template-columns: minmax(0, 1fr); grid-template-rows: auto minmax(0, 1fr) }
  .side-bar { flex-flow: row wrap; align-items: center; gap: 8px 16px; padding: 10px 16px 8px; border-right: 0; border-bottom: 1px solid var(--line); overflow: visible }
  .brand { padding: 0 }
  .side-bar nav { order: 3; flex: 1 0 calc(100% + 32px); min-width: 0; overflow-x: auto; margin: 0 -16px; padding: 0 6px; scroll-padding: 0 48px }
  .side-bar nav ul { display: flex; gap: 2px; padding: 3px 0 }
  .side-bar nav a { white-space: nowrap; padding: 6px 10px }
  .side-foot { margin: 0 0 0 auto; padding: 0; border: 0; display: flex; align-items: center; gap: 12px }
  .side-foot .workspace, .side-foot > .dim { display: none }
  .themes select { margin: 0; width: auto }
  .view { padding: 18px 16px 32px }
  .split.narrow-left { grid-template-columns: minmax(0, 1fr) }
  .panel { padding: 14px 16px }
  .panel.flush { padding: 0 }
}
`;
