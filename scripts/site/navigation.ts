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
    title: "Guides",
    purpose: "How to do one thing, from the first command to the last.",
    pages: [
      "policy.md",
      "policy_lint.md",
      "approvals.md",
      "gate_stream.md",
      "mcp.md",
      "mcp_gateway.md",
      "mcp_trust.md",
      "import.md",
      "sessions.md",
      "pack_html.md",
      "pack_producers.md",
      "regressions.md",
      "ci.md",
      "jobs.md",
      "wrappers.md",
      "voice.md",
      "scout.md",
      "registry.md",
      "evidence.md",
      "proof.md",
      "deployment.md",
      "production.md",
      "hardening.md",
      "siem.md",
      "ui.md",
      "runbook.md",
      "service_levels.md",
      "library.md",
      "python.md",
      "integrations.md",
      "frameworks/",
      "hooks.md",
      "typescript.md",
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
