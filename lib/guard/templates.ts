import { compareBytewise } from "../formats/bytes.ts";
import { trimLower } from "../formats/text.ts";
import type { GuardContent, GuardManifest } from "../schema/guard.ts";

/** A control of a template and the evidence that supports it. */
interface Control {
  readonly id: string;
  readonly title: string;
  /** Types of evidence that support it. */
  readonly types: readonly string[];
  /** Substrings of entry names that support it, regardless of their type. */
  readonly names: readonly string[];
}

const RECORDS = ["approval_audit_", "credential_evidence_"];

/** Controls by template (docs/spec/guard.md section 1, step 7), in listing order. */
const TEMPLATES = {
  soc2: [
    { id: "CC6.6", title: "Change Management Evidence", types: ["trace", "evidence"], names: RECORDS },
    {
      id: "CC7.2",
      title: "Operational Monitoring",
      types: ["report"],
      names: ["regress_summary.json", "trace_summary.json"],
    },
    {
      id: "CC8.1",
      title: "Incident Evidence Integrity",
      types: ["runpack", "evidence"],
      names: ["runpack_summary.json", "referenced_runpacks.json"],
    },
  ],
  pci: [
    {
      id: "PCI-10",
      title: "Audit Trail and Monitoring",
      types: ["trace", "report"],
      names: ["trace_summary.json"],
    },
    { id: "PCI-7", title: "Access and Approval Controls", types: ["evidence"], names: RECORDS },
    {
      id: "PCI-12",
      title: "Incident Handling Evidence",
      types: ["runpack", "report"],
      names: ["runpack_summary.json", "regress_summary.json"],
    },
  ],
  incident_response: [
    {
      id: "IR-CHAIN",
      title: "Reconstruction Chain",
      types: ["runpack", "trace", "evidence"],
      names: ["runpack_summary.json", "trace_summary.json", ...RECORDS],
    },
    {
      id: "IR-ROOTCAUSE",
      title: "Root Cause and Regression",
      types: ["report"],
      names: ["regress_summary.json", "policy_digests.json"],
    },
  ],
} as const satisfies Readonly<Record<string, readonly Control[]>>;

/** The id of a template, which determines the controls of the index. */
export type TemplateId = keyof typeof TEMPLATES;

/** All template ids. */
export const TEMPLATE_IDS = Object.keys(TEMPLATES) as readonly TemplateId[];

/** A template, and warnings about how it was chosen. */
export interface ChosenTemplate {
  readonly id: TemplateId;
  readonly warnings: readonly string[];
}

/**
 * Resolve a template name: blank means `soc2`; an unknown name falls back to `incident_response` with a warning, as
 * in the existing program (docs/spec/guard.md section 1, step 7).
 */
export function chooseTemplate(given: string): ChosenTemplate {
  const name = trimLower(given);
  if (name === "") return { id: "soc2", warnings: [] };
  const id = TEMPLATE_IDS.find((known) => known === name);
  if (id !== undefined) return { id, warnings: [] };
  return {
    id: "incident_response",
    warnings: [
      `template "${name}" is unknown, so incident_response was used; known templates: ${
        TEMPLATE_IDS.join(", ")
      }`,
    ],
  };
}

/** Map each control to the evidence that supports it (docs/spec/guard.md section 1, step 7). */
export function controlIndex(
  template: TemplateId,
  evidence: readonly GuardContent[],
): GuardManifest["control_index"] {
  const controls: readonly Control[] = TEMPLATES[template];
  return controls.map(({ id, title, types, names }) => ({
    control_id: id,
    title,
    evidence_paths: evidence
      .filter(({ path, type }) => types.includes(type) || names.some((name) => path.includes(name)))
      .map(({ path }) => path)
      .sort(compareBytewise),
  }));
}
