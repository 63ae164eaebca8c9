/** Controls, badges, lists, tables and texts that several views share. */
export const PARTS_STYLE = `
button, .button { font: inherit; font-weight: 600; padding: 6px 14px; border: 1px solid var(--accent); border-radius: 6px;
  background: var(--accent); color: var(--on-accent); cursor: pointer; white-space: nowrap }
button:hover:not(:disabled), .button:hover { filter: brightness(1.08) }
button:disabled { opacity: .5; cursor: default }
button.quiet, .button { background: transparent; color: var(--accent); border-color: var(--line) }
button.quiet:hover:not(:disabled), .button:hover { background: var(--hover); filter: none }
button.danger { background: var(--bad); border-color: var(--bad); color: var(--paper) }
button.quiet.danger { background: transparent; color: var(--bad); border-color: var(--line) }
button.small { padding: 3px 10px; font-size: 12.5px }
button.link { border: 0; background: none; padding: 2px 0; color: inherit; font-weight: 400; display: inline-flex; gap: 10px; align-items: center }
.button:focus-within { outline: 2px solid var(--accent); outline-offset: 2px }
kbd { font: 11px var(--mono); margin-left: 8px; padding: 0 5px; border: 1px solid var(--line); border-radius: 4px; color: var(--dim) }
input:not([type=checkbox], [type=file]), select, textarea { font: inherit; color: inherit; background: var(--sunken); border: 1px solid var(--line);
  border-radius: 6px; padding: 5px 9px; min-width: 0; width: 100% }
select { text-overflow: ellipsis; min-height: 33px }
textarea { resize: vertical; display: block }
textarea.code { font: 12.5px/1.5 var(--mono) }
::placeholder { color: var(--dim); opacity: 1 }
.field { display: grid; gap: 3px; min-width: 0 }
.field > span { font-size: 12.5px; color: var(--dim) }
.toolbar .field { min-width: 220px; max-width: 420px }
.form { display: grid; gap: 12px; max-width: 460px }
.check { display: flex; gap: 8px; align-items: baseline }
.check input { margin: 0; accent-color: var(--accent); flex: none }
.badge { display: inline-flex; align-items: center; gap: 5px; padding: 1px 9px 1px 7px; border-radius: 99px; font-size: 12.5px; font-weight: 600;
  line-height: 20px; white-space: nowrap; vertical-align: middle; justify-self: start; align-self: center; max-width: 100%; overflow: hidden; text-overflow: ellipsis;
  background: var(--plain-ground); color: var(--dim) }
.badge.good { background: var(--good-ground); color: var(--good) }
.badge.bad { background: var(--bad-ground); color: var(--bad) }
.badge.warn { background: var(--warn-ground); color: var(--warn) }
.shape { flex: none; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round }
.shape .mark { stroke-width: 1.9 }
.tags { display: flex; flex-wrap: wrap; gap: 6px; align-items: center }
.tags time, .line time { font-size: 12.5px }
time { color: var(--dim); font-variant-numeric: tabular-nums; white-space: nowrap }
.facts { display: grid; gap: 5px 20px; grid-template-columns: minmax(124px, max-content) minmax(0, 1fr) }
.facts > div { display: contents }
.facts dt { color: var(--dim) }
.facts dd { min-width: 0 }
.facts dd .code { font-size: 12px }
.command { display: block; width: fit-content; max-width: 100%; margin-top: 8px; padding: 5px 11px; background: var(--sunken); border: 1px solid var(--line);
  border-radius: 6px; font-size: 12.5px; overflow-wrap: anywhere }
.command .option { display: inline-block; max-width: 100% }
.command::before { content: "$ "; color: var(--dim) }
.json { margin: 8px 0 0; padding: 12px 14px; background: var(--sunken); border: 1px solid var(--line); border-radius: 6px; max-height: 420px; overflow: auto;
  font: 12.5px/1.55 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; direction: ltr; unicode-bidi: isolate }
.json-name { color: var(--accent) }
.json-text { color: var(--good) }
.json-value { color: var(--warn) }
details { min-width: 0 }
summary { cursor: pointer; padding: 5px 0; color: var(--accent); font-weight: 600; overflow-wrap: anywhere }
.note { color: var(--dim); max-width: 76ch }
.note + *, * + .note { margin-top: 8px }
.loading { padding: 32px; text-align: center; color: var(--dim) }
.empty { display: grid; justify-items: center; gap: 8px; padding: 44px 20px; text-align: center }
.empty > div { max-width: 52ch; display: grid; justify-items: center; gap: 6px }
.empty svg { fill: none; stroke: var(--dim); stroke-width: 1.3; opacity: .55; margin-bottom: 4px }
.empty-title { font-size: 15px; font-weight: 650 }
.empty .command { color: var(--ink); text-align: left }
.failure { display: flex; flex-wrap: wrap; gap: 8px 20px; justify-content: space-between; align-items: center; background: var(--bad-ground);
  border-radius: var(--radius); padding: 12px 16px; margin: 4px 0 }
.failure b { color: var(--bad) }
.row-title { font-weight: 600; min-width: 0; overflow-wrap: anywhere }
.row-sub { color: var(--dim); font-size: 12.5px; min-width: 0; overflow-wrap: anywhere }
.list-panel { overflow: hidden; container-type: inline-size; padding: 0 !important; display: flex; flex-direction: column; min-height: 0 }
.list { flex: 1 1 0; min-height: 200px; overflow: auto; border-top: 1px solid var(--line); outline-offset: -2px }
.list-inner { position: relative }
.row { position: absolute; left: 0; right: 0; display: grid; grid-template-columns: 150px minmax(0, 1fr) auto; gap: 12px; align-items: center;
  padding: 0 18px; border-bottom: 1px solid var(--line); cursor: pointer; overflow: hidden }
.row:hover { background: var(--hover) }
.row.selected { background: var(--accent-ground) }
.row-main { display: grid; min-width: 0 }
.row-main > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.row time { font-size: 12.5px }
.cards { display: grid; overflow: auto; max-height: calc(100vh - 190px) }
.card { display: grid; gap: 3px; width: 100%; text-align: left; padding: 12px 16px; border: 0; border-radius: 0; border-bottom: 1px solid var(--line);
  background: none; color: inherit; font-weight: 400; white-space: normal; outline-offset: -2px }
.card:hover { background: var(--hover); filter: none !important }
.card.selected { background: var(--accent-ground); box-shadow: inset 3px 0 var(--accent) }
.card .row-title, .card .row-sub { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden }
.card .tags { margin-top: 3px }
li:last-child > .card { border-bottom: 0 }
.timeline > li { border-top: 1px solid var(--line) }
.timeline > li:first-child { border-top: 0 }
.timeline summary, .timeline .line { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 12px; padding: 8px 0; color: inherit; font-weight: 400 }
.timeline summary .row-title, .timeline .line .row-title { flex: 1 1 180px }
.timeline summary { list-style: none }
.timeline summary::-webkit-details-marker { display: none }
.timeline summary::before { content: "›"; color: var(--dim); width: 10px; font-weight: 700 }
.timeline details[open] > summary::before { transform: rotate(90deg) }
.timeline.plain .line { gap: 2px 16px; padding: 5px 0; align-items: baseline }
.timeline.plain .line > span { flex: 1 1 200px }
.call-body { padding: 2px 0 14px 22px; display: grid; gap: 10px }
.number { color: var(--dim); font-variant-numeric: tabular-nums; min-width: 1.6em; display: inline-block }
.scroll-x { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: 7px 14px 7px 0; border-top: 1px solid var(--line); vertical-align: top }
thead th { color: var(--dim); font-weight: 500; font-size: 12.5px; border-top: 0; vertical-align: bottom }
tbody th { font-weight: 500 }
td bdi, th bdi { overflow-wrap: break-word }
td.num, th.num { text-align: right; font-variant-numeric: tabular-nums }
th:last-child, td:last-child { padding-right: 0 }
@media (max-width: 560px) {
  .facts { grid-template-columns: minmax(0, 1fr); gap: 0 }
  .facts dd { margin-bottom: 7px }
}
@media (prefers-reduced-motion: no-preference) { .pulse.connecting i { animation: pulse 1s infinite alternate } }
@keyframes pulse { to { opacity: .3 } }
`;
