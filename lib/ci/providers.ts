import { buildkite } from "./buildkite.ts";
import { circleci } from "./circleci.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";
import { jenkins } from "./jenkins.ts";
import type { CiPlan } from "./plan.ts";

/** The services for builds that a workflow can be written for. */
export const PROVIDERS = ["github", "gitlab", "jenkins", "circleci", "buildkite"] as const;

/** One of them. */
export type Provider = typeof PROVIDERS[number];

/** How a provider wants its workflow. */
export interface ProviderForm {
  /** Where it looks for it. */
  readonly path: string;
  /** What to do when another workflow is there. */
  readonly whenTaken: string;
  readonly render: (plan: CiPlan) => string;
}

/** A row a provider. */
export const PROVIDER_FORMS: Readonly<Record<Provider, ProviderForm>> = {
  github: {
    path: ".github/workflows/gait.yml",
    whenTaken: "Give --out .github/workflows/<name>.yml",
    render: github,
  },
  gitlab: {
    path: ".gitlab-ci.yml",
    whenTaken: "Give --out .gitlab/gait.yml, and include it: include: [{local: .gitlab/gait.yml}]",
    render: gitlab,
  },
  jenkins: {
    path: "Jenkinsfile",
    whenTaken: "Give --out Jenkinsfile.gait, and name it as the script path of a job",
    render: jenkins,
  },
  circleci: {
    path: ".circleci/config.yml",
    whenTaken: "Give --out <file>, and move its job into .circleci/config.yml",
    render: circleci,
  },
  buildkite: {
    path: ".buildkite/pipeline.yml",
    whenTaken:
      "Give --out .buildkite/gait.yml, and upload it: buildkite-agent pipeline upload .buildkite/gait.yml",
    render: buildkite,
  },
};
