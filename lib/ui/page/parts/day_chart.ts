/// <reference lib="dom" />
import { useEffect, useRef } from "preact/hooks";
import type uPlotType from "uplot";
// The package's main file is CommonJS; this one is what its types describe.
// @ts-types="npm:uplot@1.6.32"
import uPlotModule from "uplot/dist/uPlot.esm.js";
import { html } from "../html.ts";

const uPlot = uPlotModule as unknown as typeof uPlotType;

/** What a day had. */
interface Day {
  readonly day: string;
  readonly all: number;
  readonly grave: number;
}

/** Pixels. */
const HEIGHT = 220;

/** Bars of actions a day, with those that write or destroy in front; the same numbers as a table below. */
export function DayChart({ days }: { days: readonly Day[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current!;
    const draw = () => new uPlot(optionsFor(element), dataOf(days), element);
    let chart = draw();
    const redraw = () => {
      chart.destroy();
      chart = draw();
    };
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    // Colours are painted, so they change only when it is drawn again.
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const themes = new MutationObserver(redraw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    scheme.addEventListener("change", redraw);
    return () => {
      observer.disconnect();
      themes.disconnect();
      scheme.removeEventListener("change", redraw);
      chart.destroy();
    };
  }, [JSON.stringify(days)]);
  return html`
    <div class="chart" ref=${box} role="img"
      aria-label="Actions a day; the numbers are in the table below"></div>
    <p class="legend"><span class="key all"></span>all actions <span class="key grave"></span>write or destroy</p>
    <details>
      <summary>As a table</summary>
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col" class="num">Actions</th>
            <th scope="col" class="num">Write or destroy</th>
          </tr>
        </thead>
        <tbody>${days.toReversed().slice(0, 60).map(({ day, all, grave }) =>
          html`
            <tr key=${day}>
              <th scope="row">${day}</th>
              <td class="num">${all}</td>
              <td class="num">${grave}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </details>
  `;
}

function dataOf(days: readonly Day[]): uPlotType.AlignedData {
  return [
    days.map(({ day }) => Date.parse(`${day}T00:00:00Z`) / 1000),
    days.map(({ all }) => all),
    days.map(({ grave }) => grave),
  ];
}

function optionsFor(element: HTMLElement): uPlotType.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const resolved = (name: string) => {
    // `light-dark()` is resolved by the browser only where it paints.
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    element.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found || colour(name);
  };
  const bars = uPlot.paths.bars!({ size: [0.7, 42] });
  const axis = {
    stroke: resolved("--dim"),
    grid: { stroke: resolved("--line"), width: 1 },
    ticks: { stroke: resolved("--line"), width: 1 },
    font: "12px system-ui, sans-serif",
  };
  const day = 86_400;
  return {
    width: Math.max(200, element.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    scales: {
      x: {
        range: (_chart, least, most) => {
          const margin = Math.max(day, ((most ?? 0) - (least ?? 0)) * 0.05);
          return [(least ?? 0) - margin, (most ?? 0) + margin];
        },
      },
      y: { range: (_chart, _least, most) => [0, Math.max(1, (most ?? 1) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        space: 70,
        incrs: [day, 7 * day, 30 * day, 90 * day, 365 * day],
        values: "{YYYY}-{MM}-{DD}",
      },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000] },
    ],
    series: [
      {},
      { paths: bars, points: { show: false }, width: 0, fill: resolved("--chart") },
      {
        paths: bars,
        points: { show: false },
        width: 0,
        fill: resolved("--chart-grave"),
      },
    ],
  };
}
