import { compareBytewise } from "../formats/bytes.ts";
import { trimLower } from "../formats/text.ts";
import type { GuardContent, GuardManifest } from "../schema/guard.ts";

/** What a control of a template is shown by. */
interface Control {
  readonly id: string;
  readonly title: string;
  /** Types of evidence that show it. */
  readonly types: readonly string[];
  /** Parts of the names of entries that show it, whatever their type. */
  readonly names: readonly string[];
}

const RECORDS = ["approval_audit_", "credential_evidence_"];

/** Controls by template (docs/spec/guard.md section 1, step 7), in the order in which they are listed. */
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

/** Which controls evidence is sorted by. */
export type TemplateId = keyof typeof TEMPLATES;

/** The templates that there are. */
export const TEMPLATE_IDS = Object.keys(TEMPLATES) as readonly TemplateId[];

/** A template, and what the user should know about how it was chosen. */
export interface ChosenTemplate {
  readonly id: TemplateId;
  readonly warnings: readonly string[];
}

/**
 * The template that a text names: blank is `soc2`, and an unknown one falls back to `incident_response`, as in the existing
 * program, with a warning (docs/spec/guard.md section 1, step 7).
 */
export function chooseTemplate(given: string): ChosenTemplate {
  const name = trimLower(given);
  if (name === "") return { id: "soc2", warnings: [] };
  const id = TEMPLATE_IDS.find((known) => known === name);
  if (id !== undefined) return { id, warnings: [] };
  return {
    id: "incident_response",
    warnings: [
      `template "${name}" is unknown, so incident_response was taken; known are ${TEMPLATE_IDS.join(", ")}`,
    ],
  };
}

/** Which evidence shows which control (docs/spec/guard.md section 1, step 7). */
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
