import { GaitError, namingOptions } from "../errors/mod.ts";
import type { Environment, Files } from "../effects/types.ts";
import { folderOf, insideWorkingFolder, joinPath, outputFolder } from "../formats/path.ts";
import { positiveDuration } from "../formats/duration.ts";
import { timeOfMillis } from "../formats/time.ts";
import type { ContextEnvelope } from "../schema/context.ts";
import {
  type KeySources,
  loadNamedKey,
  loadSigningKey,
  namesPrivateKey,
  type PublicKey,
  type SigningKey,
} from "../signing/mod.ts";
import type { ApproverKeys } from "../tokens/approver_keys.ts";
import { type Broker, brokerOf } from "./broker/config.ts";
import { LEDGER_NAME } from "../tokens/trust.ts";
import type { Gate } from "./decide.ts";
import { compile } from "../evaluate/compile.ts";
import { inOrder } from "./in_order.ts";
import type { InventorySource } from "./evaluate_call.ts";
import { DEFAULT_STATE_PATH } from "./limits/charge.ts";
import { type LoadedPolicy, parsePolicy } from "../policy/parse.ts";
import { checkPolicy, checkStart, type Profile } from "./profile/profile.ts";
import type { UsableEntries } from "./script/registry.ts";
import { type GateOptions, VERIFY_KEY_FIELDS, verifyKeySources } from "./options.ts";

/** Effects for loading a gate. */
export interface LoadGateEffects {
  readonly files: Files;
  readonly env: Environment;
  readonly now: () => number;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
}

/** A loaded gate, with warnings about its options. */
export interface LoadedGate {
  readonly gate: Gate;
  /** Whether it signs with a fresh key, whose signatures can't be verified later. */
  readonly devKey: boolean;
  readonly warnings: readonly string[];
}

/** How a gate is set up, beside what the user says. */
export interface LoadHow {
  /** What the policy file holds, when it was read already. */
  readonly policyContent?: Uint8Array | undefined;
  /** Production takes a policy whose default lets calls pass (docs/spec/mcp.md 2.1). */
  readonly defaultMayPass?: boolean;
}

/**
 * Load a gate (docs/spec/gate.md 4.3, items 1 to 5 and 8). All errors of its options are found here, before any call
 * is read.
 *
 * @throws {GaitError} `invalid_input` for a bad policy, key or path, or options that don't fit each other
 */
export async function loadGate(
  options: GateOptions,
  effects: LoadGateEffects,
  producerVersion: string,
  how: LoadHow = {},
): Promise<LoadedGate> {
  const { profile = "standard", simulate = false, keys = {}, approvals = {} } = options;
  const { inventory, approvedScriptRegistry: registry } = options;
  const signing: KeySources = {
    keyMode: keys.mode ?? (keys.signing ? "prod" : "dev"),
    privateKey: keys.signing?.file,
    privateKeyEnv: keys.signing?.env,
  };
  const hasPrivateKey = namesPrivateKey(signing);
  checkStart(profile, { simulate, keyMode: signing.keyMode, hasPrivateKey });
  const maxLifetime = approvals.maxTtl === undefined
    ? undefined
    : positiveDuration(approvals.maxTtl, "approvals.maxTtl");
  const [{ policy, broker }, { key, warnings }, approvalKey, delegationKey, approvers] = await inOrder<
    [{ policy: LoadedPolicy; broker: Broker }, SigningKey, PublicKey?, PublicKey?, ApproverKeys?]
  >([
    loadPolicy(options, profile, effects, how),
    namingOptions(() => loadSigningKey(signing, effects), nameOfSigning),
    verifyKey(options, "approval", effects),
    verifyKey(options, "delegation", effects),
    keys.approvers === undefined ? Promise.resolve(undefined) : loadApprovers(keys.approvers, effects),
  ]);
  const limitsPath = options.rateLimitState ?? DEFAULT_STATE_PATH;
  const scripts = registry === undefined ? undefined : await loadScripts(
    registry,
    await verifyKey(options, "approvedScripts", effects) ?? approvalKey,
    effects,
  );
  return {
    gate: {
      policy,
      compiled: compile(policy.policy),
      profile,
      key,
      limitsPath,
      simulate,
      trust: {
        approvalKey: approvalKey ?? key.public,
        approvalKeyIsOwn: approvalKey === undefined && approvers === undefined,
        delegationKey: delegationKey ?? approvalKey ?? key.public,
        delegationKeyIsOwn: delegationKey === undefined && approvalKey === undefined,
        ...(approvers ? { approvers } : {}),
        singleUse: approvals.singleUse ?? false,
        ...(maxLifetime === undefined ? {} : { maxLifetime }),
        refuseSelfApproval: approvals.refuseSelfApproval ?? false,
        // A given path is checked now, not when the first token is used.
        ledger: approvals.ledger === undefined
          ? joinPath(folderOf(limitsPath), LEDGER_NAME)
          : outputFolder(approvals.ledger),
      },
      credentials: {
        broker,
        reference: options.broker?.reference,
        scopes: options.broker?.scopes ?? [],
      },
      producerVersion,
      ...(scripts ? { approvedScripts: scripts } : {}),
      ...(inventory === undefined ? {} : { inventory: await loadInventory(inventory, effects.files) }),
    },
    devKey: !hasPrivateKey,
    warnings: [...warnings, ...scripts?.warnings ?? []],
  };
}

function nameOfSigning(field: string): string {
  return field === "keyMode" ? "keys.mode" : `keys.signing.${field === "privateKey" ? "file" : "env"}`;
}

/** Load a verification key; errors name its option. */
export async function verifyKey(
  { keys = {} }: GateOptions,
  whose: "approval" | "delegation" | "approvedScripts",
  effects: LoadGateEffects,
): Promise<PublicKey | undefined> {
  const source = keys[whose];
  return source && await namingOptions(
    () => loadNamedKey(verifyKeySources(source), effects),
    (field) => `keys.${whose}.${VERIFY_KEY_FIELDS[field]}`,
  );
}

async function loadPolicy(
  options: GateOptions,
  profile: Profile,
  { files, env }: LoadGateEffects,
  { policyContent, defaultMayPass = false }: LoadHow,
): Promise<{ policy: LoadedPolicy; broker: Broker }> {
  const { policy: path } = options;
  const content = policyContent ?? await files.read(path);
  const broker = brokerOf(options.broker, env);
  return { policy: await checkedPolicy(content, path, { profile, broker, defaultMayPass }), broker };
}

/** What a gate is like that a policy is read for. */
export interface PolicyUse {
  readonly profile: Profile;
  readonly broker: Broker;
  readonly defaultMayPass: boolean;
}

/**
 * Parse a policy and check it against the profile.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function checkedPolicy(
  content: Uint8Array,
  path: string,
  { profile, broker, defaultMayPass }: PolicyUse,
): Promise<LoadedPolicy> {
  const loaded = await parsePolicy(content, path);
  checkPolicy(profile, loaded.policy, { hasBroker: broker.kind !== "off", defaultMayPass });
  return loaded;
}

async function loadApprovers(folder: string, { files }: LoadGateEffects): Promise<ApproverKeys> {
  const { loadApproverKeys } = await import("../tokens/approver_keys.ts");
  return await loadApproverKeys(files, folder);
}

/**
 * Read the context envelope of a call (docs/spec/gate.md 4.6).
 *
 * @throws {GaitError} `invalid_input` when it is unusable or outside of the working folder
 */
export async function loadEnvelope(path: string, files: Files): Promise<ContextEnvelope> {
  const { readContextEnvelope } = await import("./context/envelope.ts");
  return await readContextEnvelope(await files.read(insideWorkingFolder(path), MAX_ENVELOPE_BYTES));
}

/** 1 MiB (docs/spec/gate.md 4.6). */
const MAX_ENVELOPE_BYTES = 1 << 20;

/** An inventory, or the error: its consequences depend on the call. */
export async function loadInventory(path: string, files: Files): Promise<InventorySource> {
  const { parseInventory } = await import("./context/inventory.ts");
  try {
    return { path, found: parseInventory(await files.read(path), `inventory "${path}"`) };
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { path, found: error };
  }
}

/** Approved scripts, or the problem of the registry (docs/spec/gate.md 6.2). */
export async function loadScripts(
  registry: string,
  key: PublicKey | undefined,
  effects: LoadGateEffects,
): Promise<UsableEntries> {
  const { readRegistry, unusable, usableEntries } = await import("./script/registry.ts");
  if (!key) return unusable("no key to verify them with is given");
  try {
    return await usableEntries(await readRegistry(effects.files, registry), key, timeOfMillis(effects.now()));
  } catch (error) {
    if (error instanceof GaitError) return unusable(error);
    throw error;
  }
}
