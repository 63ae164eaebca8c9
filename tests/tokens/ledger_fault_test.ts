/** A token that counts once counts once: with 32 processes, killed processes and failing disks (docs/threat_model.md 22 to 24). */
import assert from "node:assert/strict";
import { makeFiles } from "../../lib/effects/files.ts";
import { hex, utf8 } from "../../lib/formats/bytes.ts";
import { parseTime } from "../../lib/formats/time.ts";
import { parseApprovalToken } from "../../lib/tokens/approval_token.ts";
import { approvalUses, findUsed, spend, type TokenUse } from "../../lib/tokens/ledger.ts";
import { argv } from "../support/argv.ts";
import { aGate, approvalOf } from "../support/authority.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { failingDisk, type Failure } from "../support/failing_disk.ts";
import { inFolder } from "../support/folder.ts";

const NOW = parseTime("2026-01-02T03:04:05Z");
const template = parseApprovalToken(await approvalOf(await aGate()), "token");
const [use] = await approvalUses([template]);
/** A use of some token; its name is as good as any digest. */
const tokenOf = (id: string): TokenUse => ({ ...use!, id, name: hex(utf8(id)).padEnd(64, "0") });

const withLedger = (test: (ledger: string) => Promise<void>) =>
  inFolder((folder) => test(`${folder}/state/ledger`));

/** A call that waits for an approval, keys in `k`, and what the gate said. */
async function stoppedCall({ gait, write }: Stage) {
  await write("policy.yaml", "rules: [{name: r, effect: require_approval}]");
  await write(
    "intent.json",
    '{"tool_name": "t", "context": {"identity": "i", "workspace": "/w", "risk_class": "low"}}',
  );
  await gait`keys init --out-dir k`;
  const call = argv`gate eval --policy policy.yaml --intent intent.json --json`;
  const { json } = await gait(...call);
  return { call, json };
}

Deno.test("gate eval lets a single-use approval pass once with 32 processes at the same time", () =>
  onStage(async (stage) => {
    const { gait, files } = stage;
    const { call, json } = await stoppedCall(stage);
    await gait`approve --intent-digest ${json.intent_digest}
      --policy-digest ${json.policy_digest} --scope tool:t --ttl 1h --approver dana --reason-code c
      --single-use --key-mode prod --private-key k/gait_private.key --out a.json`;
    const results = await Promise.all(
      Array.from(
        { length: 32 },
        (_, i) =>
          gait`${call} --approval-token a.json --approval-public-key k/gait_public.key
          --trace-out traces/${i}.json --approval-audit-out audits/${i}.json`,
      ),
    );
    const codes = results.map(({ code }) => code);
    assert.equal(codes.filter((code) => code === 0).length, 1, codes.join(" "));
    assert.equal(codes.filter((code) => code === 4).length, 31, codes.join(" "));
    for (const { json } of results.filter(({ code }) => code === 4)) {
      assert.ok(json.reason_codes.includes("approval_token_replayed"));
    }
    assert.equal((await files()).filter((name) => name.startsWith(".gait-out/approval_ledger/")).length, 1);
  }));

Deno.test("gate eval never allows twice on a single-use approval when its processes are killed", () =>
  onStage(async (stage) => {
    const { gait, folder } = stage;
    const { call, json } = await stoppedCall(stage);
    const trust = ["--approval-public-key", "k/gait_public.key"];
    for (let round = 0; round < 8; round++) {
      const token = `a${round}.json`;
      await gait`approve --intent-digest ${json.intent_digest}
        --policy-digest ${json.policy_digest} --scope tool:t --ttl 1h --approver dana
        --reason-code ${token} --single-use --key-mode prod --private-key k/gait_private.key
        --out ${token}`;
      const children = Array.from({ length: 3 }, (_, i) =>
        new Deno.Command(`${repository}bin/gait`, {
          args: [...call, ...trust, "--approval-token", token, "--trace-out", `t/${round}-${i}.json`],
          cwd: folder,
          env: { HOME: folder },
          stdout: "piped",
          stderr: "null",
        }).spawn());
      const printed = children.map((child) => new Response(child.stdout).text());
      // Two of them end wherever they are then; the third must get on.
      for (const child of children.slice(0, 2)) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
        try {
          child.kill("SIGKILL");
        } catch {
          // It was done already.
        }
      }
      await Promise.all(children.map((child) => child.status));
      const allowed = (await Promise.all(printed)).filter((text) =>
        text.includes('"verdict":"allow"')
      ).length;
      assert.ok(allowed <= 1, `${allowed} allowed`);
      const last = await gait`${call} ${trust} --approval-token ${token}`;
      if (allowed === 1) assert.equal(last.code, 4);
      assert.equal((await gait`${call} ${trust} --approval-token ${token}`).code, 4);
    }
  }));

/** A process that spends token after token and says so, one line each. */
function spender(ledger: string, first: number): Deno.ChildProcess {
  const module = (path: string) => JSON.stringify(new URL(`../../lib/${path}`, import.meta.url).href);
  const script = `import { makeFiles } from ${module("effects/mod.ts")};
    import { spend } from ${module("tokens/ledger.ts")};
    for (let i = ${first};; i++) {
      const name = Array.from(String(i), (digit) => "3" + digit).join("").padEnd(64, "0");
      const token = { ...${JSON.stringify(use)}, id: String(i), name };
      const used = await spend(makeFiles(), ${JSON.stringify(ledger)}, [token], ${JSON.stringify(NOW)});
      Deno.stdout.writeSync(new TextEncoder().encode((used.size === 0 ? "allow " : "used ") + i + "\\n"));
    }`;
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=js", script],
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

const ROUNDS = 50;

Deno.test(`spend() never gives a token twice when its process is killed, ${ROUNDS} rounds`, () =>
  withLedger(async (ledger) => {
    const allowed = new Set<string>();
    let last = 0;
    const take = (text: string) => {
      for (const [, verdict, id] of text.matchAll(/^(allow|used) (\d+)\n/gm)) {
        last = Number(id);
        assert.ok(!(verdict === "allow" && allowed.has(id!)), `token ${id} was given twice`);
        if (verdict === "allow") allowed.add(id!);
      }
    };
    for (let round = 0; round < ROUNDS; round++) {
      // The next process begins a little before the point where the last one died: at most three tokens are used, the
      // third by one that died before it could say so.
      const child = spender(ledger, Math.max(0, last - 1));
      const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (text.split("\n").length <= 2 + round % 5) {
        const { value, done } = await reader.read();
        assert.ok(!done, "it must not end by itself, nor get stuck behind a dead one");
        text += value;
      }
      // Somewhere inside of what it does next.
      for (const end = performance.now() + Math.random() * 3; performance.now() < end;);
      child.kill("SIGKILL");
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
      await child.status;
      take(text);
    }
    assert.ok(allowed.size > ROUNDS);
    for (const id of allowed) {
      assert.deepEqual([...await spend(makeFiles(), ledger, [tokenOf(id)], NOW)], [id]);
    }
  }));

for (const failure of ["before", "after", "half"] satisfies Failure[]) {
  Deno.test(`spend() allows nothing that is not in the ledger when a call of the disk fails ${failure}`, async () => {
    let failed = 0;
    for (let n = 1;; n++) {
      let calls = 0;
      await withLedger(async (ledger) => {
        const failing = failingDisk(n, failure, true);
        const tokens = [tokenOf("a"), tokenOf("b")];
        const outcome = await spend(makeFiles(failing.disk), ledger, tokens, NOW).catch((error) => error);
        calls = failing.calls();
        if (outcome instanceof Error) {
          failed++;
          assert.ok("code" in outcome);
        } else {
          assert.equal(outcome.size, 0);
          assert.deepEqual([...await findUsed(makeFiles(), ledger, tokens)], ["a", "b"]);
        }
      });
      if (calls < n) break;
    }
    assert.ok(failed >= 10, `${failed} calls failed`);
  });
}

for (
  const [what, linked] of [
    ["the ledger", (ledger: string) => ledger],
    ["its parent folder", (ledger: string) => ledger.slice(0, ledger.lastIndexOf("/"))],
    ["the folder of the entry", (ledger: string) => `${ledger}/${tokenOf("a").name.slice(0, 3)}`],
    ["the lock", (ledger: string) => `${ledger}/ledger.lock`],
  ] as const
) {
  Deno.test(`spend() follows no link in the place of ${what}`, () =>
    withLedger(async (ledger) => {
      const token = tokenOf("a");
      await spend(makeFiles(), ledger, [token], NOW);
      const path = linked(ledger);
      await Deno.rename(path, `${path}-before`).catch(() => {}); // the lock is gone already
      await Deno.mkdir(`${path}-empty`);
      await Deno.symlink(`${path}-empty`, path);
      await assert.rejects(spend(makeFiles(), ledger, [token], NOW), { code: "unsafe_operation" });
      await assert.rejects(spend(makeFiles(), ledger, [tokenOf("a\x01")], NOW), { code: "unsafe_operation" });
      if (what === "the lock") return;
      await assert.rejects(findUsed(makeFiles(), ledger, [token]), { code: "unsafe_operation" });
    }));
}

Deno.test("spend() takes whatever stands in the place of an entry for a use", () =>
  withLedger(async (ledger) => {
    const { name } = tokenOf("a");
    await Deno.mkdir(`${ledger}/${name.slice(0, 3)}`, { recursive: true });
    await Deno.symlink("nowhere", `${ledger}/${name.slice(0, 3)}/${name}.json`);
    assert.deepEqual([...await spend(makeFiles(), ledger, [tokenOf("a")], NOW)], ["a"]);
  }));

Deno.test("spend() looks at nothing but its own token, however many were used", () =>
  withLedger(async (ledger) => {
    const count = async () => {
      const calls: string[] = [];
      const files = makeFiles();
      const counting = new Proxy(files, {
        get: (target, name) => {
          const real = target[name as keyof typeof files] as (...args: unknown[]) => unknown;
          return (...args: unknown[]) => {
            calls.push(String(name));
            return real(...args);
          };
        },
      });
      await spend(counting, ledger, [tokenOf(`t${calls.length}-${Math.random()}`)], NOW);
      return calls;
    };
    const first = await count();
    for (let i = 0; i < 100; i++) await spend(makeFiles(), ledger, [tokenOf(`x${i}`)], NOW);
    assert.deepEqual(await count(), first);
    assert.ok(!first.includes("list"));
  }));
