/// <reference lib="dom" />
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import type { Stage } from "../support/gait.ts";
import { openView } from "./on_ui.ts";

/** A view as its picture shows it. */
export interface Pictured {
  readonly name: string;
  readonly address: string;
  /** What a reader does first. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** Every view, with something open. */
export function picturesOf(stage: Stage): readonly Pictured[] {
  const trace = encodeURIComponent("gait-out/traces/trace_delete_orders.json");
  const waiting = encodeURIComponent("gait-out/traces/trace_pay_invoice.json");
  return [
    {
      name: "start",
      address: "start",
      async prepare(page) {
        for (const step of ["demo", "verify", "tamper"]) {
          await page.click(`[data-step=${step}] button`);
          await page.waitForSelector(`[data-step=${step}][data-done=true]`);
        }
        await page.locator("main").evaluate((main) => main.scrollTop = 0);
      },
    },
    { name: "traces", address: `traces?open=${trace}` },
    {
      name: "runs",
      address: "runs?open=gait-out%2Frunpack_run_monday.zip&with=gait-out%2Frunpack_run_tuesday.zip",
    },
    {
      name: "verify",
      address: "verify",
      async prepare(page) {
        const whole = await stage.bytes("gait-out/runpack_run_monday.zip");
        const changed = whole.map((byte, i) => i === Math.floor(whole.length / 2) ? byte ^ 1 : byte);
        await page.setInputFiles("#pick-files", [
          { name: "runpack_run_monday.zip", mimeType: "application/zip", buffer: Buffer.from(whole) },
          { name: "runpack_run_changed.zip", mimeType: "application/zip", buffer: Buffer.from(changed) },
        ]);
        await page.waitForSelector("#verify-status[data-checked='2']");
      },
    },
    {
      name: "policy",
      address: "policy?path=policy.yaml",
      async prepare(page) {
        const text = await page.inputValue("#policy-text");
        await page.fill(
          "#policy-text",
          text.replace("effect: require_approval\n    min_approvals: 2", "effect: allow"),
        );
        await page.waitForSelector(".changed-calls");
        await page.locator("#policy-text").evaluate((area) => {
          area.blur();
          area.scrollTop = 0;
        });
      },
    },
    { name: "approvals", address: `approvals?open=${waiting}` },
    { name: "jobs", address: "jobs?open=job_demo_durable" },
    { name: "risk", address: "risk" },
    { name: "regressions", address: "regressions" },
    { name: "health", address: "health" },
  ];
}

/** Open one view after the other as a reader does; gives the name of each. */
export async function* everyView(stage: Stage, page: Page): AsyncGenerator<string> {
  for (const { name, address, prepare } of picturesOf(stage)) {
    await openView(page, address);
    await prepare?.(page);
    yield name;
  }
}
