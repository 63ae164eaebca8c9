import type { PackType } from "../../schema/pack_layout.ts";
import type { Contract } from "./contract.ts";

/** One contract per type; a type without one can't be verified. */
const CONTRACTS: Readonly<Record<PackType, () => Promise<{ readonly default: Contract }>>> = {
  run: () => import("./run.ts"),
  job: () => import("./job.ts"),
  call: () => import("./call.ts"),
  authorization: () => import("./authorization.ts"),
};

/** Check the contract of a pack's type. */
export const checkContract: Contract = async (archive, manifest, demands) => {
  const load = CONTRACTS[manifest.pack_type as PackType];
  const { default: check } = await load();
  return await check(archive, manifest, demands);
};
