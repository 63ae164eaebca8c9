/// <reference lib="dom" />
/** Every view of the page, in Chromium, with what the commands made. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { browserTest } from "../browser/chromium.ts";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { onUi, type OpenUi, openView } from "./on_ui.ts";
import { fillWorkspace } from "./workspace_sample.ts";

/** Run a test in a filled folder. The page may ask only its own server, and the browser has nothing to complain about. */
function inWorkspace(
  test: (open: OpenUi, stage: Stage) => Promise<void>,
  args: readonly string[] = [],
): () => Promise<void> {
  return () =>
    onStage(async (stage) => {
      await fillWorkspace(stage);
      await onUi(stage, async (open) => {
        await test(open, stage);
        // The browser also mentions each request that was refused.
        assert.deepEqual(open.complaints.filter((said) => !said.includes("status of 400")), []);
        assert.deepEqual(open.requests.filter((url) => !url.startsWith(`${open.server.url}/`)), []);
      }, { args });
    });
}

const text = async (page: Page, selector: string) => await page.innerText(selector);

browserTest(
  "traces are searched by tool, caller, verdict, rule and time",
  inWorkspace(async ({ page }) => {
    const titles = async (query: string) => {
      await openView(page, `traces?${query}`);
      return (await page.locator(".list .row-title").allInnerTexts()).sort();
    };
    assert.equal((await titles("")).length, 7);
    assert.deepEqual(await titles("verdict=block"), ["tool.delete", "tool.deploy"]);
    assert.deepEqual(await titles("caller=billing"), ["tool.pay"]);
    assert.deepEqual(await titles("tool=TOOL.DEL"), ["tool.delete", "tool.delete"]);
    assert.deepEqual(await titles("rule=approval_not_granted"), ["tool.delete", "tool.mail", "tool.pay"]);
    assert.equal((await titles("since=1h")).length, 7);
    await openView(page, "traces");
    await page.fill("#filter-tool", "nothing like it");
    await page.waitForSelector(".empty");
    await page.click(".empty button");
    await page.waitForFunction(() => document.querySelectorAll(".list .row").length === 7);
  }),
);

browserTest(
  "a decision shows its chain, the rules behind it, and what would change it",
  inWorkspace(async ({ page }) => {
    await openView(page, "traces?verdict=block&tool=tool.delete");
    await page.click(".list .row");
    await page.waitForSelector(".chain");
    const links = await page.locator(".chain li").allInnerTexts();
    assert.deepEqual(links.map((link) => link.split("\n")[0]), [
      "Intent",
      "Policy",
      "Verdict",
      "Approval",
      "Execution",
    ]);
    assert.match(links[1]!, /block-deletes-in-production\s+policy\.yaml/);
    assert.match(await text(page, ".rule.deciding"), /block-deletes-in-production\s+decides/);
    assert.match(await text(page, ".rule.near"), /allow-deletes-of-drafts[^]*risk_classes/);
    assert.match(await text(page, ".detail .facts"), /verified\s+by a key that this folder trusts/);
    await openView(page, "traces?open=gait-out%2Ftraces%2Ftrace_read_orders.json");
    assert.match((await page.locator(".chain li").allInnerTexts())[4]!, /ok\s+run_monday, call 2/);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.querySelector(".detail") === null);
  }),
);

browserTest(
  "what is decided while the page is open appears by itself, in every tab",
  inWorkspace(async ({ page }, stage) => {
    await openView(page, "traces");
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.waitForSelector(".list .row");
    await stage.gait(
      ...argv`gate eval --policy policy.yaml --intent intents/deploy.json --trace-out gait-out/traces/trace_new.json --json`,
    );
    for (const tab of [page, other]) {
      await tab.waitForFunction(() =>
        document.querySelector(".chips .count")?.textContent?.startsWith("8 of 8")
      );
    }
  }),
);

browserTest(
  "runs are shown call by call, and two of them paired by what they did",
  inWorkspace(async ({ page }) => {
    await openView(page, "runs");
    assert.equal(await page.locator(".cards .card").count(), 3);
    await page.click(".cards .card:has-text('run_monday')");
    await page.waitForSelector(".timeline summary");
    await page.click(".timeline summary >> nth=1");
    assert.match(await text(page, ".timeline details[open]"), /\/srv\/shop\/orders\.csv/);
    await page.selectOption("#compare-with", "gait-out/runpack_run_tuesday.zip");
    await page.waitForSelector(".pairs");
    assert.deepEqual(
      await page.locator(".pairs tbody tr").evaluateAll((rows) => rows.map((row) => row.className)),
      ["same", "changed", "inserted", "changed", "missing"],
    );
  }),
);

browserTest(
  "dropped packs are verified in the browser, a tampered one is not, and nothing is uploaded",
  inWorkspace(async ({ page, requests }, stage) => {
    await openView(page, "verify");
    const asked = requests.length;
    const demo = await stage.bytes("gait-out/runpack_run_demo.zip");
    const tampered = demo.map((byte, i) => i === Math.floor(demo.length / 2) ? byte ^ 1 : byte);
    const file = (name: string, bytes: Uint8Array) => ({
      name,
      mimeType: "application/zip",
      buffer: Buffer.from(bytes),
    });
    const outcomes = async (checked: number) => {
      await page.waitForSelector(`#verify-status[data-checked="${checked}"]`);
      return await page.locator(".result").evaluateAll((all) =>
        all.map((one) => (one as HTMLElement).dataset.outcome)
      );
    };
    await page.setInputFiles("#pick-files", [
      file("demo.zip", demo),
      file("tampered.zip", tampered),
      file("no_zip.zip", new TextEncoder().encode("no pack at all")),
    ]);
    assert.deepEqual(await outcomes(3), ["signer_unknown", "not_verified", "not_verified"]);
    const key = (await stage.files()).find((name) => name.startsWith(".gait/trust/local_dev"));
    await page.fill("#verify-key", await stage.read(key!));
    await page.locator("#verify-key").blur();
    await page.waitForSelector(".result.verified");
    assert.deepEqual(await outcomes(3), ["verified", "not_verified", "not_verified"]);
    await page.fill("#verify-key", await stage.read("keys/gait_public.key"));
    await page.locator("#verify-key").blur();
    await page.waitForFunction(() => document.querySelectorAll(".result.not_verified").length === 3);
    assert.equal(requests.slice(asked).filter((url) => !/\/api\/(events|traces)$/.test(url)).length, 0);
  }),
);

browserTest(
  "a dropped folder of packs is verified with all that is in it, and so is one that is chosen",
  inWorkspace(async ({ page, requests }, stage) => {
    const demo = await stage.bytes("gait-out/runpack_run_demo.zip");
    await stage.write("packs/whole.zip", demo);
    await stage.write("packs/below/deeper/changed.zip", demo.map((byte, i) => i === 700 ? byte ^ 1 : byte));
    await stage.write("packs/notes.txt", "no pack");
    await openView(page, "verify");
    const asked = requests.length;
    const results = async () => {
      await page.waitForSelector("#verify-status[data-checked='2']");
      return await page.locator(".result").evaluateAll((all) =>
        all.map((one) => `${one.querySelector("b")!.textContent} ${(one as HTMLElement).dataset.outcome}`)
          .sort()
      );
    };
    const session = await page.context().newCDPSession(page);
    const { x, y } = (await page.locator(".drop").boundingBox())!;
    const data = { items: [], files: [stage.path("packs")], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await session.send("Input.dispatchDragEvent", { type, x: x + 20, y: y + 20, data });
    }
    assert.deepEqual(await results(), ["changed.zip not_verified", "whole.zip signer_unknown"]);
    await page.setInputFiles("#pick-folder", stage.path("packs"));
    await page.waitForFunction(() => document.querySelector(".result b")?.textContent?.startsWith("packs/"));
    assert.deepEqual(await results(), [
      "packs/below/deeper/changed.zip not_verified",
      "packs/whole.zip signer_unknown",
    ]);
    assert.equal(requests.slice(asked).filter((url) => !/\/api\/(events|traces)$/.test(url)).length, 0);
  }),
);

browserTest(
  "the linter's findings stand beside a valid policy, and recorded calls are among what would change",
  inWorkspace(async ({ page }) => {
    await openView(page, "policy?path=policy.yaml");
    const given = await page.inputValue("#policy-text");
    await page.fill(
      "#policy-text",
      given.replace("[tool.read, tool.search]", "[tool.read, tool.search, tool.archive]"),
    );
    await page.waitForSelector(".changed-calls li");
    assert.match(await text(page, ".changed-calls li"), /tool\.archive[^]*block[^]*allow[^]*run_monday/);
    await page.fill("#policy-text", "default_verdict: allow\n");
    await page.waitForSelector(".check-line .badge.good");
    await page.waitForSelector(".findings .finding");
    assert.match(await text(page, ".findings .finding-head"), /warn|error|note/);
  }),
);

browserTest(
  "a policy is checked while it is edited, tried on an intent, and compared over the known ones",
  inWorkspace(async ({ page }, stage) => {
    await openView(page, "policy?path=policy.yaml");
    await page.waitForSelector(".coverage li");
    assert.equal(await page.locator(".coverage li").count(), 5);
    const given = await page.inputValue("#policy-text");
    await page.fill("#policy-text", given.replace("effect: allow", "effect: alow"));
    await page.waitForSelector(".gutter .mark.error");
    assert.equal(await text(page, ".gutter .mark.error"), "7");
    // The cursor goes to the place of a finding, every time that it is chosen.
    for (let time = 0; time < 2; time++) {
      await page.click(".finding");
      await page.waitForFunction(() => document.activeElement?.id === "policy-text");
    }
    await page.fill(
      "#policy-text",
      given.replace("effect: require_approval\n    min_approvals: 2", "effect: allow"),
    );
    await page.waitForSelector(".changed-calls li.widened");
    assert.match(await text(page, ".changed-calls li.widened"), /tool\.pay/);
    // The recorded calls, evaluated by the edited text: each rule with the traces that reach it.
    assert.deepEqual(await page.locator(".coverage .count").allInnerTexts(), [
      "2 traces, 2 intents",
      ...Array(4).fill("1 trace, 1 intent"),
    ]);
    assert.match(await text(page, "main"), /From 7 traces and 7 intents[^]*7 traces of another policy/);
    await page.selectOption("#try-intent", "intents/pay_invoice.json");
    await page.waitForFunction(() =>
      document.querySelector(".try-result .rule.deciding")?.textContent?.includes("approve-payments")
    );
    const intent = JSON.parse(await page.inputValue("#try-text"));
    await page.fill("#try-text", JSON.stringify({ ...intent, tool_name: "tool.unknown" }));
    await page.waitForFunction(() =>
      document.querySelector(".try-result")?.textContent?.includes("No rule matched")
    );
    // Completion by the keys of the schema.
    await page.fill("#policy-text", "default_verdict: bl");
    await page.locator("#policy-text").press("Control+Space");
    await page.waitForSelector(".offers li");
    await page.keyboard.press("Enter");
    assert.equal(await page.inputValue("#policy-text"), "default_verdict: block");
    assert.equal(await stage.read("policy.yaml"), given);
  }),
);

browserTest(
  "a policy is saved only where the page may, and not over what somebody else wrote",
  inWorkspace(async ({ page }, stage) => {
    await openView(page, "policy?path=policy.yaml");
    const given = await page.inputValue("#policy-text");
    const save = page.locator("button:text-is('Save')");
    await page.fill("#policy-text", `${given}# edited\n`);
    await page.waitForSelector(".check-line .badge.good");
    await save.click();
    await page.waitForFunction(() =>
      !document.querySelector(".check-line")?.textContent?.includes("not saved")
    );
    assert.equal(await stage.read("policy.yaml"), `${given}# edited\n`);
    await stage.write("policy.yaml", `${given}# by somebody else\n`);
    await page.fill("#policy-text", `${given}# edited again\n`);
    await page.waitForSelector(".check-line .badge.good");
    await save.click();
    await page.waitForSelector(".failure");
    assert.equal(await stage.read("policy.yaml"), `${given}# by somebody else\n`);
  }, ["--read-only=false"]),
);

browserTest(
  "waiting calls are shown with exactly what an approval would sign; none can be given here",
  inWorkspace(async ({ page }) => {
    await openView(page, "approvals");
    assert.equal(await page.locator(".cards .card").count(), 3);
    await page.click(".cards .card:has-text('tool.pay')");
    await page.waitForSelector(".json");
    assert.match(
      await text(page, ".stack"),
      /tool:tool\.pay[^]*2 approvers, different people[^]*ACME Logistics GmbH/,
    );
    assert.equal(await page.locator("#approve-reason, #approve-code").count(), 0);
  }),
);

browserTest(
  "jobs are paused, resumed and stopped where the page may, after a question",
  inWorkspace(async ({ page }, stage) => {
    await openView(page, "jobs?open=nightly-invoices");
    const status = async () => (await stage.gait`job status --id nightly-invoices --json`).json.job.status;
    await page.click("button:text-is('Pause')");
    await page.waitForSelector("button:text-is('Resume')");
    assert.equal(await status(), "paused");
    await page.click("button:text-is('Resume')");
    await page.waitForSelector("button:text-is('Pause')");
    await page.click("button:text-is('Stop')");
    assert.equal(await status(), "running");
    await page.click(".confirm button:text-is('Stop it')");
    await page.waitForFunction(() =>
      document.querySelector(".stack")?.textContent?.includes("This job has ended")
    );
    assert.equal(await status(), "emergency_stopped");
    assert.match(await text(page, ".timeline.plain"), /paused by gait ui/);
  }, ["--read-only=false"]),
);

browserTest(
  "risk, regressions and health show what their commands report",
  inWorkspace(async ({ page }) => {
    await openView(page, "risk");
    assert.match(await text(page, ".ranking tbody tr"), /tool\.delete/);
    assert.equal(await page.locator(".chart canvas").count(), 1);
    await page.click("summary:text-is('As a table')");
    const days = await page.locator("details .matrix tbody tr").allInnerTexts();
    assert.match(days.at(-1)!, /^2026-02-05\s+3\s+0$/); // the calls of the demo run
    assert.equal(days.length, 3);
    await openView(page, "regressions");
    assert.match(await text(page, ".summary-line"), /fail\s+7 of 9 graders pass/);
    assert.equal(await page.locator(".pairs tr.changed").count(), 2);
    await openView(page, "health");
    assert.ok(await page.locator(".checks > li").count() > 15);
  }),
);

browserTest(
  "the tour records, verifies, tampers and regresses on real files",
  () =>
    onStage(async (stage) => {
      await onUi(stage, async ({ page, complaints }) => {
        await openView(page, "start");
        for (const step of ["demo", "verify", "tamper", "init", "regress"]) {
          await page.click(`[data-step=${step}] button`);
          await page.waitForSelector(`[data-step=${step}][data-done=true] .badge.good`);
        }
        assert.match(await text(page, "[data-step=tamper]"), /it failed, as it must/);
        const files = await stage.files();
        for (
          const name of [
            "gait-out/runpack_run_demo.zip",
            "gait-out/junit.xml",
            "regress_result.json",
            "gait.yaml",
          ]
        ) {
          assert.ok(files.includes(name), name);
        }
        assert.equal((await stage.gait`verify run_demo --json`).json.ok, true);
        assert.deepEqual(complaints, []);
      });
    }),
);

browserTest("an empty folder says in every view how to begin", () =>
  onStage(async (stage) => {
    await onUi(stage, async ({ page, complaints }) => {
      for (const view of ["traces", "runs", "verify", "policy", "approvals", "jobs", "risk", "regressions"]) {
        await openView(page, view);
        assert.equal(await page.locator(".empty").count(), 1, view);
      }
      assert.deepEqual(complaints, []);
    });
  }));
