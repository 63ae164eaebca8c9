import { resolve } from "node:path";
import process from "node:process";
import { anchored } from "../../../lib/effects/anchored.ts";
import { namingOptions } from "../../../lib/errors/mod.ts";
import { type EmbeddedGate, embedGate } from "../../../lib/gate/embed.ts";
import { checkOptions } from "../../../lib/library/arguments.ts";
import { withLibraryErrors } from "../../../lib/library/errors.ts";
import { VERSION } from "../../../lib/version.ts";
import { cleanPath } from "../../../lib/formats/path.ts";
import { JOURNAL_FOLDER } from "../../../lib/gate/trace/log.ts";
import { expectPolicy, LONGEST, positive, tooLate } from "./deadline.ts";
import { systemEffects } from "./node/effects.ts";
import { adoptJournals } from "./node/journals.ts";
import { CLIENT_CALL_OPTIONS } from "./shapes.ts";
import { isClosed } from "./transport.ts";
import type { ClientGate, ClientGateOptions, GateAnswer } from "./types.ts";

/** Where `gait gate stream` puts the traces of whoever names no folder. */
const TRACE_FOLDER = "gait-out/traces";

/** Whether a gate in this process does all that is asked for; whoever names an executable wants that one. */
export function needsNoExecutable({ policy, gaitBin, cwd, flags = {} }: ClientGateOptions): boolean {
  return policy !== undefined && gaitBin === undefined && !process.env.GAIT_BIN && cwd === undefined &&
    Object.keys(flags).length === 0 && process.platform !== "win32";
}

/** Open a gate in this process, with the first call. Relative paths count from the working folder of this moment. */
export function gateHere(options: ClientGateOptions, timeout: number): ClientGate {
  const folder = process.cwd();
  let opening: Promise<EmbeddedGate> | undefined;
  let closing: Promise<void> | undefined;

  function open(): Promise<EmbeddedGate> {
    return opening ??= start(options, folder).catch((error) => {
      opening = undefined; // what was wrong with the policy may be mended by the next call
      throw error;
    });
  }

  return {
    where: "this process",
    async decide(intent, given = {}) {
      checkOptions("options", given, CLIENT_CALL_OPTIONS);
      const { timeout: own, ...call } = given;
      if (closing !== undefined) throw isClosed();
      const decided = withLibraryErrors(async () =>
        answerOf(await (await open()).decide(intent as Parameters<EmbeddedGate["decide"]>[0], call))
      );
      return expectPolicy(await inTime(decided, positive(own ?? timeout)), options.expectPolicyDigest);
    },
    async close() {
      await (closing ??= (async () => void await (await opening?.catch(() => undefined))?.close())());
    },
  };
}

async function start(options: ClientGateOptions, folder: string): Promise<EmbeddedGate> {
  const given = gateOptions(options);
  const adopted = adoptJournals(resolve(folder, cleanPath(given.traceDir), JOURNAL_FOLDER));
  return await namingOptions(
    () => embedGate(given, anchored(systemEffects({ adopted }), folder), VERSION),
    (field) => OPTION_OF[field] ?? field,
  );
}

/** How the options of a gate are called here; the key in a variable is what only the executable takes. */
const OPTION_OF: Readonly<Record<string, string>> = {
  "keys.mode": "keyMode",
  "keys.signing.file": "privateKey",
  "keys.signing.env": 'flags: { "private-key-env": "NAME" }',
  "keys.approval.file": "approvalPublicKey",
  "keys.approval.env": 'flags: { "approval-public-key-env": "NAME" }',
};

function gateOptions({ policy = "", keyMode, privateKey, approvalPublicKey, traceDir }: ClientGateOptions) {
  return {
    policy,
    traceDir: traceDir ?? TRACE_FOLDER,
    keys: {
      ...(keyMode === undefined ? {} : { mode: keyMode }),
      ...(privateKey === undefined ? {} : { signing: { file: privateKey } }),
      ...(approvalPublicKey === undefined ? {} : { approval: { file: approvalPublicKey } }),
    },
  };
}

function answerOf(decision: Awaited<ReturnType<EmbeddedGate["decide"]>>): GateAnswer {
  const { trace: _trace, simulatedVerdict: _simulated, ...answer } = decision;
  return answer;
}

/** A decision that comes after its deadline is not used, though it may have been counted. */
async function inTime<T>(decided: Promise<T>, timeout: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) =>
    timer = setTimeout(() => reject(tooLate(timeout)), Math.min(timeout, LONGEST))
  );
  try {
    return await Promise.race([decided, late]);
  } finally {
    clearTimeout(timer);
  }
}
