import { GaitError, invalidInput } from "../errors/mod.ts";
import type { Environment, Files } from "../effects/types.ts";
import { folderOf, insideWorkingFolder, joinPath, outputPath } from "../formats/path.ts";
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
import { type Broker, brokerOf, type BrokerSettings } from "./broker/config.ts";
import { LEDGER_NAME } from "../tokens/trust.ts";
import type { Gate } from "./decide.ts";
import { compile } from "../evaluate/compile.ts";
import { inOrder } from "./in_order.ts";
import type { InventorySource } from "./evaluate_call.ts";
import { DEFAULT_STATE_PATH } from "./limits/charge.ts";
import { type LoadedPolicy, parsePolicy } from "../policy/parse.ts";
import { checkPolicy, checkStart, parseProfile, type Profile } from "./profile/profile.ts";
import type { UsableEntries } from "./script/registry.ts";
import { commaList, trim } from "../formats/text.ts";

/** What a gate is set up with; the empty text stands for "not given". */
export interface GateSettings {
  readonly policy: string;
  readonly profile: string;
  readonly simulate: boolean;
  /** Signs the traces; `dev` when no mode is given. */
  readonly signing: KeySources;
  /** Verifies tokens of approval. */
  readonly approval: KeySources;
  /** Verifies tokens of delegation; that of approvals when not given. */
  readonly delegation: KeySources;
  /** Folder of one public key an approver. */
  readonly approverKeys: string;
  /** Every approval counts once. */
  readonly singleUse: boolean;
  readonly refuseSelfApproval: boolean;
  /** Nanoseconds that an approval may hold at most. */
  readonly maxApprovalTtl?: bigint;
  /** Folder of used tokens; beside the counters when not given. */
  readonly ledger: string;
  readonly broker: BrokerSettings;
  /** Wins over the reference of the rule. */
  readonly credentialRef: string;
  /** Added to the scopes of the rule, separated by commas. */
  readonly credentialScopes: string;
  readonly limitsPath: string;
  readonly inventory: string;
  readonly registry: string;
  /** Verifies approved scripts; that of approvals when not given. */
  readonly registryKeys: KeySources;
  readonly producerVersion: string;
}

/** What setting a gate up needs from outside. */
export interface LoadGateEffects {
  readonly files: Files;
  readonly env: Environment;
  readonly now: () => number;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
}

/** A gate that is ready to decide, and what the user should know about it. */
export interface LoadedGate {
  readonly gate: Gate;
  /** It signs with a key that nobody can verify later. */
  readonly devKey: boolean;
  readonly warnings: readonly string[];
}

/**
 * Set a gate up (docs/spec/gate.md 4.3, items 1 to 5 and 8): everything that can be wrong with it is found here, before
 * any call is looked at.
 *
 * @param policyContent what the policy file holds, when it was read already
 * @throws {GaitError} `invalid_input` for a bad policy, profile, key or path
 */
export async function loadGate(
  settings: GateSettings,
  effects: LoadGateEffects,
  policyContent?: Uint8Array,
): Promise<LoadedGate> {
  const profile = parseProfile(settings.profile);
  const keyMode = settings.signing.keyMode ?? "dev";
  const signing = { ...settings.signing, keyMode };
  const hasPrivateKey = namesPrivateKey(signing);
  checkStart(profile, { simulate: settings.simulate, keyMode, hasPrivateKey });
  if (trim(settings.policy) === "") {
    throw invalidInput("Missing --policy", { hint: "Give the policy, or name it in .gait/config.yaml" });
  }
  const [{ policy, broker }, { key, warnings }, approvalKey, delegationKey, approvers] = await inOrder<
    [{ policy: LoadedPolicy; broker: Broker }, SigningKey, PublicKey?, PublicKey?, ApproverKeys?]
  >([
    loadPolicy(settings, profile, effects, policyContent),
    loadSigningKey(signing, effects),
    loadNamedKey(settings.approval, effects),
    loadNamedKey(settings.delegation, effects),
    settings.approverKeys === "" ? Promise.resolve(undefined) : loadApprovers(settings.approverKeys, effects),
  ]);
  const limitsPath = trim(settings.limitsPath) || DEFAULT_STATE_PATH;
  const scripts = settings.registry === "" ? undefined : await loadScripts(settings, approvalKey, effects);
  return {
    gate: {
      policy,
      compiled: compile(policy.policy),
      profile,
      key,
      limitsPath,
      simulate: settings.simulate,
      trust: {
        approvalKey: approvalKey ?? key.public,
        approvalKeyIsOwn: approvalKey === undefined && approvers === undefined,
        delegationKey: delegationKey ?? approvalKey ?? key.public,
        delegationKeyIsOwn: delegationKey === undefined && approvalKey === undefined,
        ...(approvers ? { approvers } : {}),
        singleUse: settings.singleUse,
        ...(settings.maxApprovalTtl === undefined ? {} : { maxLifetime: settings.maxApprovalTtl }),
        refuseSelfApproval: settings.refuseSelfApproval,
        // A given path is checked now, not when a token is to be used up.
        ledger: trim(settings.ledger) === ""
          ? joinPath(folderOf(limitsPath), LEDGER_NAME)
          : outputPath(settings.ledger),
      },
      credentials: {
        broker,
        reference: settings.credentialRef,
        scopes: commaList(settings.credentialScopes),
      },
      producerVersion: settings.producerVersion,
      ...(scripts ? { approvedScripts: scripts } : {}),
      ...(settings.inventory === ""
        ? {}
        : { inventory: await loadInventory(settings.inventory, effects.files) }),
    },
    devKey: !hasPrivateKey,
    warnings: [...warnings, ...scripts?.warnings ?? []],
  };
}

async function loadPolicy(
  { policy: path, broker: settings }: GateSettings,
  profile: Profile,
  { files, env }: LoadGateEffects,
  given: Uint8Array | undefined,
): Promise<{ policy: LoadedPolicy; broker: Broker }> {
  const content = given ?? await files.read(path);
  const broker = brokerOf(settings, env);
  return { policy: await checkedPolicy(content, path, profile, broker), broker };
}

/**
 * Read a policy that a profile accepts.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function checkedPolicy(
  content: Uint8Array,
  path: string,
  profile: Profile,
  broker: Broker,
): Promise<LoadedPolicy> {
  const loaded = await parsePolicy(content, path);
  checkPolicy(profile, loaded.policy, broker.kind !== "off");
  return loaded;
}

async function loadApprovers(folder: string, { files }: LoadGateEffects): Promise<ApproverKeys> {
  const { loadApproverKeys } = await import("../tokens/approver_keys.ts");
  return await loadApproverKeys(files, folder);
}

/**
 * Read the context envelope of a call (docs/spec/gate.md 4.6).
 *
 * @throws {GaitError} `invalid_input` when it can't be used or stands outside of the working folder
 */
export async function loadEnvelope(path: string, files: Files): Promise<ContextEnvelope> {
  const { readContextEnvelope } = await import("./context/envelope.ts");
  return await readContextEnvelope(await files.read(insideWorkingFolder(path), MAX_ENVELOPE_BYTES));
}

/** 1 MiB (docs/spec/gate.md 4.6). */
const MAX_ENVELOPE_BYTES = 1 << 20;

/** An inventory, or why there is none: what that means depends on the call. */
async function loadInventory(path: string, files: Files): Promise<InventorySource> {
  const { parseInventory } = await import("./context/inventory.ts");
  try {
    return { path, found: parseInventory(await files.read(path), `inventory "${path}"`) };
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { path, found: error };
  }
}

/** Scripts that may run unasked, or why none may (docs/spec/gate.md 6.2). */
async function loadScripts(
  { registry, registryKeys }: GateSettings,
  approvalKey: PublicKey | undefined,
  effects: LoadGateEffects,
): Promise<UsableEntries> {
  const { readRegistry, unusable, usableEntries } = await import("./script/registry.ts");
  const key = await loadNamedKey(registryKeys, effects) ?? approvalKey;
  if (!key) return unusable("no key to verify them with was given");
  try {
    return await usableEntries(await readRegistry(effects.files, registry), key, timeOfMillis(effects.now()));
  } catch (error) {
    if (error instanceof GaitError) return unusable(error);
    throw error;
  }
}
