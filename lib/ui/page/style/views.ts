/** What belongs to a single view. */
export const VIEWS_STYLE = `
.filters { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 8px 10px; padding: 14px 18px 10px }
.filters .field:first-child { grid-column: 1 / -1 }
.chips { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; padding: 0 18px 12px }
.chip { display: inline-flex; align-items: center; gap: 6px; padding: 2px 10px; border-radius: 99px; border-color: var(--line); background: none; color: var(--ink);
  font-size: 12.5px; font-weight: 500 }
.chip[aria-pressed=true] { background: var(--accent-ground); border-color: var(--accent) }
.chips .count { margin-left: auto; color: var(--dim); font-size: 12.5px }
.detail { container-type: inline-size; display: grid; gap: 12px; align-content: start }
.detail > h3, .detail h3:not(.verdict-line h3) { margin-top: 8px }
.detail .panel-head { margin: 0 }
.detail-empty { display: grid; place-items: center }
.verdict-line { display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: center }
.verdict-line + .facts { margin-top: 12px }
.verdict-line h3 { font-size: 18px; line-height: 1.3 }
.chain { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr) repeat(3, minmax(0, 5fr)); gap: 20px; margin: 4px 0 2px }
.chain li { position: relative; border: 1px solid var(--line); border-radius: 8px; padding: 9px; background: var(--sunken); min-width: 0; font-weight: 600; font-size: 13px }
.chain li > div { overflow-wrap: anywhere }
.chain li:not(:last-child)::after { content: ""; position: absolute; left: 100%; top: 50%; width: 19px; border-top: 2px solid var(--line); margin-left: 1px }
.chain li:not(:last-child)::before { content: ""; position: absolute; left: calc(100% + 12px); top: calc(50% - 4px); border: solid transparent; border-width: 5px 0 5px 8px;
  border-left-color: var(--line) }
.chain-title { display: block; font-size: 12px; font-weight: 500; color: var(--dim); margin-bottom: 3px }
.chain .said { overflow-wrap: break-word } .chain .said .shape { margin-right: 5px; vertical-align: -2px }
.chain bdi { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 5; overflow: hidden }
.said.good { color: var(--good) } .said.bad { color: var(--bad) } .said.warn { color: var(--warn) }
.chain small { display: block; font-weight: 400; font-size: 12px; color: var(--dim); overflow-wrap: anywhere }
.chain li.stopped { border-color: var(--bad); border-width: 2px; padding: 8px }
.chain li.held { border: 2px solid var(--warn); padding: 8px }
.chain li.open { border: 2px dashed var(--warn); padding: 8px }
.chain li.absent { border-style: dashed; color: var(--dim); font-weight: 400; background: none }
.why { display: grid; gap: 10px }
.rules { display: grid; gap: 6px }
.rule { border-left: 3px solid var(--line); padding: 5px 0 5px 12px; display: grid; gap: 3px }
.rule.deciding { border-left-color: var(--accent); background: var(--accent-ground); border-radius: 0 6px 6px 0; padding-right: 12px }
.rule.near { border-left-style: dashed }
.rule-head { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px; align-items: start }
.rule-head > div { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: baseline }
.rule-head > div > span { color: var(--dim); font-size: 12.5px }
.rule-head b { min-width: 0 }
.rule .miss, .raise { font-size: 13px; color: var(--dim) }
.target { display: block; margin-left: 12px }
.changes ul { display: grid; gap: 5px; margin-top: 5px }
.changes .badge { margin-left: 6px }
.changes li { padding-left: 16px; position: relative }
.changes li::before { content: "→"; position: absolute; left: 0; color: var(--dim) }
ul.plain { display: grid; gap: 2px }
.pairs td { width: 44%; vertical-align: middle }
.pairs .mark { width: 12%; white-space: nowrap; color: var(--dim); font-size: 12.5px; text-align: center; padding-inline: 10px 24px }
.pairs .mark .shape { vertical-align: -2px }
.pairs .mark small { display: block }
.pairs tr.changed td { background: var(--warn-ground) } .pairs tr.inserted td, .pairs tr.missing td { background: var(--plain-ground) }
.pairs td:first-child, .pairs th:first-child { padding-left: 10px }
.pairs .side { display: grid; grid-template-columns: 1.9em minmax(0, 1fr); align-items: baseline }
.pairs .side > span { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: center; min-width: 0 }
.pairs tr:not(.same) .mark { color: var(--ink); font-weight: 600 }
.verify-grid { display: grid; grid-template-columns: minmax(0, 1fr) 340px; gap: 16px; align-items: start }
.verify-grid .side { display: grid; gap: 10px } .verify-grid .side .panel-head { margin: 0 }
.drop { border: 2px dashed var(--line); text-align: center; display: grid; gap: 10px; justify-items: center; padding: 30px 20px }
.drop.over { border-color: var(--accent); background: var(--accent-ground) }
.drop-title { font-size: 16px; font-weight: 650 }
.result { border-left: 4px solid var(--warn); display: grid; gap: 8px }
.result.verified { border-left-color: var(--good) } .result.not_verified { border-left-color: var(--bad) }
.result-head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center }
.reasons { display: grid; gap: 3px; padding-left: 18px; list-style: disc }
.policy-grid { display: grid; grid-template-columns: minmax(0, 11fr) minmax(0, 9fr); gap: 16px; align-items: start }
.check-line { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; min-height: 34px }
.editor { position: relative; display: grid; grid-template-columns: 52px minmax(0, 1fr); height: 460px; font: 13px/20px var(--mono) }
.gutter { overflow: hidden; padding: 12px 0; background: var(--sunken); border-right: 1px solid var(--line); color: var(--dim); text-align: right; user-select: none }
.gutter div { padding-right: 12px; height: 20px }
.gutter .mark { font-weight: 700; color: var(--warn); background: var(--warn-ground) } .gutter .mark.error { color: var(--bad); background: var(--bad-ground) }
.gutter .mark.note { color: var(--accent); background: var(--accent-ground) }
.editor textarea { font: inherit; border: 0; border-radius: 0; background: var(--paper); padding: 12px 14px; resize: none; white-space: pre; overflow: auto; height: 100%; tab-size: 2;
  outline-offset: -2px }
.editor-hint kbd { margin: 0 2px 0 0 }
.editor-hint { font-size: 12px; color: var(--dim); padding: 6px 14px; border-top: 1px solid var(--line); text-align: right }
.offers { position: absolute; left: 66px; z-index: 2; width: min(420px, calc(100% - 82px)); background: var(--paper); border: 1px solid var(--line); border-radius: 6px;
  box-shadow: 0 6px 24px rgb(0 0 0 / .18); max-height: 230px; overflow: auto; font: 12.5px/1.45 system-ui, sans-serif }
.offers li { display: grid; gap: 1px; padding: 5px 12px; cursor: pointer } .offers li span { color: var(--dim) }
.offers li.selected { background: var(--accent-ground) }
.findings { display: grid; gap: 2px; margin: 0 -10px }
.finding { display: grid; gap: 2px; width: 100%; text-align: left; background: none; border: 0; color: inherit; font-weight: 400; padding: 8px 10px; white-space: normal }
.finding:hover { background: var(--hover) }
.finding-head { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; font-size: 12.5px }
.good-line { display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: center }
.try-result { margin-top: 12px; display: grid; gap: 10px }
.view-policy .field + .field { margin-top: 10px }
.changed-calls { display: grid; gap: 8px; margin-top: 10px }
.changed-calls li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 1px 12px; border-left: 3px solid var(--line); padding: 2px 0 2px 12px }
.changed-calls li.widened { border-left-color: var(--warn) }
.changed-calls .row-sub { grid-column: 1 / -1 }
.verdict-change { display: flex; gap: 6px; align-items: center }
.coverage { display: grid; gap: 8px }
.coverage li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px; align-items: center }
.coverage .badge { justify-self: end }
.coverage meter { width: 100%; height: 8px } .coverage .count { font-size: 12.5px; color: var(--dim); text-align: right; min-width: 152px }
.confirm { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; background: var(--bad-ground); border-radius: 6px; padding: 8px 12px; margin-top: 10px }
.two.even { align-items: stretch }
.view-jobs .buttons { margin-top: 14px } .view-jobs .timeline .row-sub { padding: 0 0 8px }
.tiles { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px }
.tile { background: var(--paper); border: 1px solid var(--line); border-radius: var(--radius); padding: 12px 20px; display: grid }
.tile b { font-size: 24px; line-height: 1.25; font-variant-numeric: tabular-nums } .tile span { color: var(--dim) }
.chart { min-height: 220px; overflow: hidden; margin-bottom: -14px }
.legend { display: flex; gap: 6px; align-items: center; font-size: 12.5px; color: var(--dim); margin-top: 4px }
.legend .key { width: 11px; height: 11px; border-radius: 2px; background: var(--chart) } .legend .key.grave { background: var(--chart-grave); margin-left: 14px }
.ranking td { vertical-align: middle } .ranking td:nth-child(2) { min-width: 110px; max-width: 300px } .ranking td:nth-child(6) { min-width: 160px; max-width: 320px } .ranking .source { min-width: 170px; max-width: 300px } .ranking .source bdi { overflow-wrap: anywhere } .ranking td.num { padding-right: 20px } .ranking th.num { padding-right: 20px } .ranking .source { color: var(--dim); font-size: 12.5px }
.radius { display: inline-flex; gap: 2px; vertical-align: -1px } .radius i { width: 10px; height: 12px; border-radius: 2px; background: var(--plain-ground) }
.radius i.on { background: var(--chart) } .radius i.radius2 { background: var(--warn) } .radius i.radius3 { background: var(--bad) }
.summary-line { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; font-size: 15px } .summary-line .dim { font-size: 13px }
.graders { display: grid; gap: 6px; margin-bottom: 6px }
.graders li { display: grid; grid-template-columns: 76px minmax(0, 220px) minmax(0, 1fr); gap: 12px; align-items: center }
.checks > li > .badge { align-self: start }
.checks > li { display: grid; grid-template-columns: 76px minmax(0, 1fr); gap: 14px; padding: 10px 0; border-top: 1px solid var(--line) }
.checks > li:first-child { border-top: 0; padding-top: 0 } .checks > li:last-child { padding-bottom: 0 }
.checks b { display: block } .checks b::first-letter { text-transform: uppercase } .checks p { color: var(--dim) }
.tour { display: grid; gap: 14px }
.step { display: grid; grid-template-columns: 34px minmax(0, 1fr); gap: 16px; padding: 18px 20px }
.step-number { width: 32px; height: 32px; border-radius: 50%; display: grid; place-items: center; font-weight: 700; background: var(--plain-ground); color: var(--dim) }
.step.next { border-color: var(--accent) } .step.next .step-number { background: var(--accent); color: var(--on-accent) }
.step.done .step-number { background: var(--good-ground); color: var(--good) }
.step-head { display: flex; flex-wrap: wrap; gap: 10px 20px; justify-content: space-between; align-items: start } .step-head > div { flex: 1 1 320px; min-width: 0 }
.step-head h2 { font-size: 16px }
.step-result { margin-top: 14px; padding-top: 14px; border-top: 1px solid var(--line); display: grid; gap: 10px }
@container (max-width: 560px) {
  .filters { grid-template-columns: repeat(2, minmax(0, 1fr)) }
  .row { grid-template-columns: minmax(0, 1fr) auto; grid-template-rows: auto auto; gap: 0 12px; align-content: center }
  .row > .row-main { grid-area: 1 / 1 / 3 / 2 } .row > .badge { grid-area: 1 / 2; justify-self: end } .row > time, .row > .dim { grid-area: 2 / 2; text-align: right }
}
@container (max-width: 520px) {
  .chain { grid-template-columns: minmax(0, 1fr); gap: 18px }
  .chain li:not(:last-child)::after { left: 28px; top: 100%; width: 0; height: 17px; border-top: 0; border-left: 2px solid var(--line); margin: 1px 0 0 }
  .chain li:not(:last-child)::before { left: 24px; top: calc(100% + 9px); border-width: 8px 5px 0; border-color: var(--line) transparent transparent }
}
@media (max-width: 760px) {
  .filters { grid-template-columns: repeat(2, minmax(0, 1fr)) }
  .ranking thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  .ranking tr { display: grid; grid-template-columns: 40px minmax(0, 1fr) auto; gap: 2px 10px; align-items: center; padding: 9px 0; border-top: 1px solid var(--line) }
  .ranking tbody tr:first-child { border-top: 0; padding-top: 0 }
  .ranking td, .ranking td:nth-child(n) { display: block; border: 0; padding: 0; min-width: 0; max-width: none } .ranking td.num { text-align: left }
  .ranking td:nth-child(3) { grid-area: 2 / 2 } .ranking td:nth-child(4) { grid-area: 2 / 3; justify-self: end } .ranking td:nth-child(5) { grid-area: 1 / 3; justify-self: end }
  .ranking td:nth-child(6), .ranking .source { grid-column: 2 / -1; font-size: 12.5px }
  .pairs th bdi { overflow-wrap: anywhere }
  .graders li { grid-template-columns: 76px minmax(0, 1fr); gap: 0 12px } .graders .row-sub { grid-column: 2 }
  .tiles { gap: 10px } .tile { padding: 10px 14px }
  .step { position: relative; grid-template-columns: minmax(0, 1fr); padding: 16px }
  .step-number { position: absolute; left: 16px; top: 12px } .step-head h2 { padding-left: 44px; margin-bottom: 8px }
  .timeline.plain .line > span { flex-basis: 100% } .pairs .mark { padding-inline: 0 8px }
  .pairs td { padding-right: 6px } .pairs td:first-child, .pairs th:first-child { padding-left: 6px } .pairs .side { grid-template-columns: 1.5em minmax(0, 1fr) } .editor { height: 380px } .editor-hint { display: none }
}
`;
