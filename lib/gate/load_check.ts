import { brokerOf } from "./broker/config.ts";
import type { CheckGate } from "./check.ts";
import { checkedPolicy, type LoadGateEffects, loadInventory, loadScripts, verifyKey } from "./load.ts";
import type { GateOptions } from "./options.ts";
import { compile } from "../evaluate/compile.ts";

/** The options of a gate that checking calls depends on. */
export type CheckOptions =
  & Pick<GateOptions, "policy" | "profile" | "broker" | "inventory" | "approvedScriptRegistry">
  & { readonly keys?: Pick<NonNullable<GateOptions["keys"]>, "approval" | "approvedScripts"> };

/**
 * Load a gate for checking calls (docs/spec/gate.md 6.4): without keys to sign with, which a build need not have.
 *
 * @throws {GaitError} `invalid_input` for a bad policy, key or path
 */
export async function loadCheckGate(
  options: CheckOptions,
  effects: LoadGateEffects,
): Promise<{ readonly gate: CheckGate; readonly warnings: readonly string[] }> {
  const { policy: path, profile = "standard", inventory, approvedScriptRegistry: registry } = options;
  const broker = brokerOf(options.broker, effects.env);
  const use = { profile, broker, defaultMayPass: false };
  const policy = await checkedPolicy(await effects.files.read(path), path, use);
  const scripts = registry === undefined ? undefined : await loadScripts(
    registry,
    await verifyKey(options, "approvedScripts", effects) ?? await verifyKey(options, "approval", effects),
    effects,
  );
  return {
    gate: {
      policy,
      compiled: compile(policy.policy),
      profile,
      hasBroker: broker.kind !== "off",
      ...(scripts ? { approvedScripts: scripts } : {}),
      ...(inventory === undefined ? {} : { inventory: await loadInventory(inventory, effects.files) }),
    },
    warnings: scripts?.warnings ?? [],
  };
}
