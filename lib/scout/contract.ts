/** Where the files of a repository are that tell Gait what to do (docs/spec/gate.md 6.3). */
export const REPOSITORY_CONTRACT = {
  repo_policy_path: ".gait.yaml",
  project_defaults_path: ".gait/config.yaml",
  regress_config_path: "gait.yaml",
  legacy_policy_scaffold_path: "gait.policy.yaml",
} as const;
