/**
 * The pages of the documentation, by what a reader wants of them. A page that is in no group is not in the site, and a
 * test says so. `contracts` and `spec` stand for all pages of these folders.
 */
export interface Group {
  readonly title: string;
  /** One line for the index. */
  readonly purpose: string;
  /** Paths below docs/, in reading order, or out of it with `../`; a name with a slash at its end is a folder. */
  readonly pages: readonly string[];
}

export const GROUPS: readonly Group[] = [
  {
    title: "Start",
    purpose: "From nothing to a first verified run, and the words that everything else uses.",
    pages: ["install.md", "mental_model.md", "flows.md", "faq.md", "migration.md", "glossary.md"],
  },
  {
    title: "Deciding calls",
    purpose: "How to put a gate in front of an agent, and say what it may do.",
    pages: [
      "policy.md",
      "policy_lint.md",
      "approvals.md",
      "gate_stream.md",
      "mcp.md",
      "mcp_gateway.md",
      "mcp_trust.md",
      "hooks.md",
      "wrappers.md",
      "voice.md",
      "scout.md",
      "registry.md",
    ],
  },
  {
    title: "Evidence and regressions",
    purpose: "How to record what happened, hand it over, and keep it from happening again.",
    pages: [
      "import.md",
      "sessions.md",
      "proof.md",
      "evidence.md",
      "pack_html.md",
      "pack_producers.md",
      "regressions.md",
      "ci.md",
      "jobs.md",
    ],
  },
  {
    title: "In your program",
    purpose: "How to call the gate from a language or a framework.",
    pages: [
      "python.md",
      "typescript.md",
      "library.md",
      "integrations.md",
      "frameworks/",
    ],
  },
  {
    title: "Operating",
    purpose: "How to run it for others, look at it, and respond.",
    pages: [
      "deployment.md",
      "production.md",
      "hardening.md",
      "ui.md",
      "siem.md",
      "runbook.md",
      "service_levels.md",
      "release.md",
    ],
  },
  {
    title: "Reference",
    purpose: "What every command, file, field and word means.",
    pages: ["cli.md", "configuration.md", "verdicts.md", "contracts/", "spec/"],
  },
  {
    title: "Examples",
    purpose: "Folders to copy and to try.",
    pages: ["../examples/", "../sdk/"],
  },
  {
    title: "Background",
    purpose: "How it is built, what it protects against, what it costs.",
    pages: [
      "architecture.md",
      "threat_model.md",
      "performance.md",
      "../SECURITY.md",
      "../CONTRIBUTING.md",
      "../CODE_OF_CONDUCT.md",
      "../CHANGELOG.md",
    ],
  },
];

/** Pages for those who write documents, not for readers. */
export const NOT_PUBLISHED: readonly string[] = ["spec/docs-map.md"];
