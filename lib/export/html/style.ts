/** The style of the page: no external fonts or images; light, dark and print modes. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #5b6570; --line: #d8dde3; --paper: #fff; --ground: #f5f7f9;
  --good: #17693a; --good-ground: #e3f3e9; --bad: #a31621; --bad-ground: #fbe6e8; --warn: #7a5200;
  --warn-ground: #fdf1d6; --accent: #1f5fa8 }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --dim: #9aa5b1; --line: #343b44; --paper: #1c2127;
  --ground: #14181d; --good: #7fd6a0; --good-ground: #163524; --bad: #ff9aa2; --bad-ground: #421a1e; --warn: #f0c674;
  --warn-ground: #3b2f12; --accent: #8ab8f0 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem }
section, form, footer, .notice { background: var(--paper); border: 1px solid var(--line); border-radius: 8px;
  padding: 1rem 1.25rem; margin: 0 0 1rem }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.3; text-transform: uppercase; letter-spacing: .03em }
h2 { margin: 0 0 .5rem; font-size: 1.05rem }
p { margin: .25rem 0 .5rem; max-width: 46rem }
ul { margin: .5rem 0 0; padding-left: 1.2rem }
bdi, pre, dd { overflow-wrap: anywhere }
#verdict { border-width: 0 0 0 6px; border-style: solid; border-radius: 4px 8px 8px 4px; padding: 1.1rem 1.25rem }
#verdict h1::before { content: "\\26A0\\FE0E"; display: inline-block; width: 1.5em }
#verdict[data-outcome=verified] { color: var(--good); background: var(--good-ground); border-color: var(--good) }
#verdict[data-outcome=verified] h1::before { content: "\\2713" }
#verdict[data-outcome=signer_unknown], #verdict[data-outcome=not_signed] { color: var(--warn);
  background: var(--warn-ground); border-color: var(--warn) }
#verdict[data-outcome=not_verified] { color: var(--bad); background: var(--bad-ground); border-color: var(--bad) }
#verdict[data-outcome=not_verified] h1::before { content: "\\2717" }
#verdict p, #verdict ul { color: var(--ink) }
.facts { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .15rem 1.25rem;
  align-items: baseline }
dl { margin: 0 }
.facts + .facts { margin-top: .75rem }
dt { color: var(--dim) }
dd { margin: 0; min-width: 0 }
.code, pre, input[type=text], time { font: .85rem/1.55 ui-monospace, monospace }
pre { margin: .5rem 0 0; padding: .75rem; background: var(--ground); border-radius: 6px; white-space: pre-wrap;
  line-break: anywhere; max-height: 24rem; overflow: auto; direction: ltr; unicode-bidi: isolate }
#files .digest { flex: 1 0 100%; margin: 0 0 0 1.5rem; color: var(--dim) }
.steps { list-style: none; margin: 0; padding: 0 }
.steps > li { border-top: 1px solid var(--line) }
.steps > li:first-child { border-top: 0 }
summary, .head { display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; padding: .45rem 0 }
summary { cursor: pointer; list-style: none }
summary::-webkit-details-marker { display: none }
summary::before, .head::before { content: "\\203A"; color: var(--dim); width: .6rem; flex: none }
.head::before { visibility: hidden }
details[open] > summary::before { transform: rotate(90deg) }
details > * { margin: 0 0 .75rem 1.5rem }
details > summary { margin: 0 }
time { color: var(--dim); min-width: 10.5rem }
.kind { color: var(--dim); min-width: 4.75rem }
.title { font-weight: 600; flex: 1 1 12rem; min-width: 0 }
.tag { font-size: .8rem; font-weight: 600; padding: .05rem .55rem; border-radius: 99px; background: var(--ground);
  color: var(--dim) }
.tag.good { color: var(--good); background: var(--good-ground) }
.tag.bad { color: var(--bad); background: var(--bad-ground) }
.tag.warn { color: var(--warn); background: var(--warn-ground) }
.tally { display: flex; flex-wrap: wrap; gap: .4rem }
form { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1rem; align-items: center }
form > h2, form > p, form > .check, form > .buttons, #claimed-key { grid-column: 1 / -1; margin-bottom: 0 }
input[type=text] { width: 100%; padding: .4rem .5rem; border: 1px solid var(--line); border-radius: 6px;
  background: var(--ground); color: inherit }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem }
button { font: inherit; padding: .35rem .9rem; border: 1px solid var(--accent); border-radius: 6px;
  background: var(--accent); color: var(--paper); cursor: pointer }
button.quiet { background: none; color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
#claimed-key { border-top: 1px solid var(--line); padding-top: .75rem }
footer p { color: var(--dim); margin-top: .75rem }
@media (max-width: 40rem) { .facts, form { grid-template-columns: 1fr } dd { margin-bottom: .35rem } time { min-width: 0 } }
@media print { body, section, footer { background: #fff } main { max-width: none; padding: 0 } form, button { display: none }
  pre { max-height: none } li, dl { break-inside: avoid } }
`;
