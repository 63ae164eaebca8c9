/** Nothing is forwarded before its trace is durable and its line is in the log, whatever the disk does (docs/spec/mcp.md 10.13). */
import assert from "node:assert/strict";
import { type Disk, disk as realDisk } from "../../../lib/effects/disk.ts";
import { makeJournals } from "../../../lib/effects/journals.ts";
import { makeFiles, systemEffects } from "../../../lib/effects/mod.ts";
import { utf8 } from "../../../lib/formats/bytes.ts";
import { canonicalBytes } from "../../../lib/formats/json/mod.ts";
import { NO_MAPPINGS } from "../../../lib/mcp/gateway/decision/mapping.ts";
import { openGateway } from "../../../lib/mcp/gateway/gateway.ts";
import { ClientSide } from "../../../lib/mcp/gateway/relay/client_side.ts";
import { ServerSide } from "../../../lib/mcp/gateway/relay/server_side.ts";
import type { Outlet } from "../../../lib/mcp/gateway/relay/types.ts";
import { sha256 } from "../../../lib/signing/mod.ts";
import { DiskFull, failingDisk, type Failure, syncingDisk } from "../../support/failing_disk.ts";
import type { Json } from "./client.ts";
import { inFolder } from "../../support/folder.ts";

/** A session of a gateway whose server answers every call at once. */
async function openSession(folder: string, disk: Disk) {
  const effects = {
    ...systemEffects(),
    files: makeFiles(disk),
    journals: () => Promise.resolve(makeJournals(disk)),
  };
  const policy = `${folder}/policy.yaml`;
  await Deno.writeTextFile(policy, "default_verdict: allow\n");
  const gateway = await openGateway(
    {
      gate: { policy },
      server: "s",
      serverId: "",
      identity: "i",
      workspace: ".",
      sessionId: "",
      mappings: NO_MAPPINGS,
      jobRoot: `${folder}/jobs`,
      folder: `${folder}/evidence`,
      hideBlocked: false,
      pending: { maxAge: 3_600_000, maxCount: 10 },
      relay: {
        decides: new Set(["tool"]),
        passMethods: new Set(),
        approvalWait: 0,
        elicitApprovals: false,
        approvalsFolder: `${folder}/approvals`,
      },
    },
    {},
    effects,
    "1.0.0",
    () => {},
  );
  /** What the server gets, and what is on the disk then. */
  const forwarded: { readonly message: Json; readonly traces: string; readonly lines: string }[] = [];
  const answers: Json[] = [];
  const sideOfServer: { take?: ServerSide } = {};
  const { state, log } = gateway.newSession({
    async send(bytes) {
      const message = JSON.parse(new TextDecoder().decode(bytes));
      if (message.method !== "tools/list") forwarded.push({ message, ...await onDisk(`${folder}/evidence`) });
      const result = message.method === "tools/list" ? { tools: [{ name: "t" }] } : { content: [] };
      void sideOfServer.take!.take(utf8(JSON.stringify({ jsonrpc: "2.0", id: message.id, result })));
    },
  }, { shared: false });
  const outlet: Outlet = {
    send: (bytes) => Promise.resolve(void answers.push(JSON.parse(new TextDecoder().decode(bytes)))),
    answer: (bytes) => outlet.send(bytes),
    dropped: () => {},
  };
  sideOfServer.take = new ServerSide(state, () => outlet);
  const client = new ClientSide(state);
  let id = 0;
  return {
    forwarded,
    answers,
    /** Make calls that come at one moment; resolves when each is forwarded or answered. */
    call: (count: number) =>
      Promise.all(Array.from({ length: count }, () => {
        const call = {
          jsonrpc: "2.0",
          id: ++id,
          method: "tools/call",
          params: { name: "t", arguments: { id } },
        };
        return client.take(utf8(JSON.stringify(call)), { outlet });
      })),
    async close() {
      await log.close().catch(() => {});
      await gateway.close().catch(() => {});
    },
  };
}

/** The journals of traces, and the logs of sessions. */
async function onDisk(folder: string): Promise<{ readonly traces: string; readonly lines: string }> {
  return { traces: await textOf(`${folder}/traces/.journal`), lines: await textOf(`${folder}/sessions`) };
}

async function textOf(folder: string): Promise<string> {
  let text = "";
  for await (const { name } of Deno.readDir(folder)) text += await Deno.readTextFile(`${folder}/${name}`);
  return text;
}

const isTraceLog = (path: string) => path.includes("/.journal/");

Deno.test("no call is forwarded while the fsync of its trace lasts; calls that come meanwhile share the next one", () =>
  inFolder(async (folder) => {
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    let isHeld = false;
    let syncs = 0;
    const disk = syncingDisk(isTraceLog, async (file) => {
      syncs++;
      begun.resolve();
      if (isHeld) await goOn.promise;
      await file.sync();
    });
    const session = await openSession(folder, disk);
    await session.call(1);
    const before = syncs;
    isHeld = true;
    const calling = session.call(20);
    await begun.promise;
    // Whoever would not wait had these turns.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
    assert.equal(session.forwarded.length, 1);
    goOn.resolve();
    await calling;
    assert.deepEqual(
      session.forwarded.map(({ message }) => message.id),
      Array.from({ length: 21 }, (_, i) => i + 1),
    );
    assert.ok(syncs - before <= 2, `${syncs - before} fsyncs`);
    await session.close();
  }));

Deno.test("a call whose trace can't be made durable is answered, and not forwarded; the next one is decided again", () =>
  inFolder(async (folder) => {
    let full = false;
    const session = await openSession(
      folder,
      syncingDisk(isTraceLog, (file) => full ? Promise.reject(new DiskFull()) : file.sync()),
    );
    await session.call(1);
    full = true;
    await session.call(3);
    assert.equal(session.forwarded.length, 1);
    const stopped = session.answers.slice(1);
    assert.deepEqual(stopped.map(({ id, result }) => [id, result.isError]), [[2, true], [3, true], [
      4,
      true,
    ]]);
    for (const { result } of stopped) {
      assert.deepEqual(result._meta["dev.gait/decision"].reason_codes, ["gateway_io_failure"]);
    }
    full = false;
    await session.call(1);
    assert.equal(session.forwarded.at(-1)!.message.id, 5);
    await session.close();
  }));

Deno.test("whatever call of the disk fails, each forwarded call has its trace and its line, and each other one an answer", async () => {
  let calls = 1;
  for (let n = 1; n <= calls; n++) {
    for (const failure of ["before", "after", "half"] satisfies Failure[]) {
      await inFolder(async (folder) => {
        // What is needed to begin is there: an error at the start forwards nothing.
        await (await openSession(folder, realDisk)).close();
        const failing = failingDisk(n, failure);
        const session = await openSession(folder, failing.disk).catch(() => undefined);
        if (!session) return;
        for (const count of [1, 3, 1]) await session.call(count);
        calls = Math.max(calls, failing.calls());
        for (const { message, traces, lines } of session.forwarded) {
          const digest = await sha256(canonicalBytes(message.params.arguments));
          assert.ok(traces.includes(digest), `trace: call ${n} ${failure}`);
          assert.ok(lines.includes(digest), `line: call ${n} ${failure}`);
        }
        await session.close();
        assert.deepEqual(session.answers.map(({ id }) => id).sort(), [1, 2, 3, 4, 5], `call ${n} ${failure}`);
      });
    }
  }
  assert.ok(calls > 10);
});
