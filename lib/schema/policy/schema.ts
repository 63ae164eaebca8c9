import type { JsonObject } from "../../formats/json/mod.ts";
import { POLICY_DESCRIBED } from "./descriptions.ts";
import { formOf } from "./form.ts";
import { POLICY } from "./policy.ts";

/** A policy file (docs/spec/gate.md section 1), for editors. */
export const policyForm: JsonObject = { ...formOf(POLICY, POLICY_DESCRIBED), type: "object" };
