import { pathArgument } from "../formats/shell.ts";

/** What a build of a project checks. */
export interface CiPlan {
  /** The policy to lint. */
  readonly policy?: string | undefined;
  /** Folder of the tests of the policy. */
  readonly policyTests?: string | undefined;
  /** Packs that are in the repository: files, folders. */
  readonly packs: readonly string[];
  /** The packs must be signed by a key of the trust folder. */
  readonly signedPacks: boolean;
  /** The config of the regressions. */
  readonly regressions?: string | undefined;
  /** The runpack that the build makes, to compare with the regressions. */
  readonly candidate?: string | undefined;
  /** A folder of runpacks that it makes instead, with a folder for each regression. */
  readonly candidates?: string | undefined;
  /** The command that makes it. */
  readonly agent?: string | undefined;
}

/** One step of a build: POSIX shell, one command a line. */
export interface CiStep {
  /** A name of letters and dashes. */
  readonly id: string;
  readonly title: string;
  readonly commands: readonly string[];
}

/** The steps of a build. The others run even when one of them failed, so that one build shows everything. */
export interface CiSteps {
  readonly install: CiStep;
  readonly others: readonly CiStep[];
}

/** The folder of the reports of a build. */
export const REPORTS = "gait-ci";

/** The folder of the executable in a build. */
const TOOLS = ".gait-ci";

/** The variables that say where gait comes from. */
export const CI_VARIABLES = ["GAIT_BIN", "GAIT_URL", "GAIT_SHA256", "GAIT_VERSION"] as const;

/** What they mean, as comments of a generated file. */
export const VARIABLE_COMMENTS = [
  "Where gait comes from; set one of these as a variable of the project:",
  "  GAIT_BIN     absolute path of the executable on the machine of the build, or",
  "  GAIT_URL     https address to download the executable from, with its digest in",
  "  GAIT_SHA256",
  "  GAIT_VERSION is optional: the build fails when gait is of another version.",
] as const;

/** Makes `gait` callable; nothing that was not named is run, and no report of an earlier build is left. */
const INSTALL: readonly string[] = [
  "set -eu",
  `rm -rf ${REPORTS} ${TOOLS}`,
  `mkdir -p ${REPORTS} ${TOOLS}/bin`,
  'if [ -n "${GAIT_BIN:-}" ]; then',
  `  printf '#!/bin/sh\\nexec "%s" "$@"\\n' "$GAIT_BIN" > ${TOOLS}/bin/gait`,
  'elif [ -n "${GAIT_URL:-}" ] && [ -n "${GAIT_SHA256:-}" ]; then',
  `  curl -fsSL --proto '=https,file' -o ${TOOLS}/bin/gait "$GAIT_URL"`,
  `  echo "$GAIT_SHA256  ${TOOLS}/bin/gait" | sha256sum -c -`,
  "else",
  '  echo "Set GAIT_BIN, or GAIT_URL and GAIT_SHA256" >&2',
  "  exit 1",
  "fi",
  `chmod +x ${TOOLS}/bin/gait`,
  `${TOOLS}/bin/gait version`,
  'if [ -n "${GAIT_VERSION:-}" ]; then',
  `  ${TOOLS}/bin/gait version | grep -qF -e "$GAIT_VERSION" || {`,
  '    echo "This gait is not of the version in GAIT_VERSION: $GAIT_VERSION" >&2',
  "    exit 1",
  "  }",
  "fi",
];

/** Finds the executable of the install step. */
export const USE_TOOLS = `export PATH="$PWD/${TOOLS}/bin:$PATH"`;

/** The flags of a provider. */
export interface ProviderFlags {
  /** Further flags of `gait regress run`. */
  readonly regress?: string;
  /** A path as the provider takes it in a command, where it would put something in the place of a part of it. */
  readonly literal?: (path: string) => string;
}

/** The steps of a build, in order. */
export function ciSteps(
  plan: CiPlan,
  { regress = "", literal = (path) => path }: ProviderFlags = {},
): CiSteps {
  const { policy, policyTests, packs, signedPacks, regressions, candidate, candidates, agent } = plan;
  const argument = (path: string) => literal(pathArgument(path));
  const others: CiStep[] = [];
  const step = (id: string, title: string, ...commands: string[]) =>
    others.push({ id, title, commands: [USE_TOOLS, ...commands] });
  if (policy !== undefined) {
    const path = argument(policy);
    step("policy", "Lint the policy", `gait policy lint ${path} --sarif ${REPORTS}/policy.sarif`);
    if (policyTests !== undefined) {
      step(
        "policy-tests",
        "Test the policy",
        `gait policy test ${path} --fixtures ${argument(policyTests)} --junit ${REPORTS}/policy_tests.xml`,
      );
    }
  }
  if (packs.length > 0) {
    const signed = signedPacks ? " --require-signature" : "";
    step("packs", "Verify the packs", `gait pack verify ${packs.map(argument).join(" ")}${signed}`);
  }
  // The runs of an earlier build must not count for this one.
  if (agent !== undefined && candidates !== undefined) {
    const folder = argument(candidates);
    step("agent", "Run the agent", `mkdir -p ${folder}`, `find ${folder} -name '*.zip' -delete`, agent);
  } else if (agent !== undefined && candidate !== undefined) {
    step("agent", "Run the agent", `rm -f ${argument(candidate)}`, agent);
  }
  if (regressions !== undefined) {
    const against = candidates !== undefined
      ? ` --candidates ${argument(candidates)}`
      : candidate === undefined
      ? ""
      : ` --candidate ${argument(runPath(candidate))}`;
    step(
      "regress",
      "Run the regressions",
      `gait regress run --config ${argument(regressions)}${against} --output ${REPORTS}/regress.json ` +
        `--junit ${REPORTS}/regress.xml --sarif ${REPORTS}/regress.sarif${regress}`,
    );
  }
  return { install: { id: "install", title: "Install gait", commands: INSTALL }, others };
}

/** A path that is not taken for a run id, nor for `<fixture>=<run>`. */
function runPath(path: string): string {
  return /^(?:\.{0,2}\/)/.test(path) ? path : `./${path}`;
}

/** One script of all steps that runs every one of them and fails when one did. */
export function wholeScript({ install, others }: CiSteps): string[] {
  return [
    ...install.commands,
    "failed=",
    ...others.flatMap(({ id, title, commands }) => [
      `echo "== ${title}"`,
      // Joined by `&&`, because the shell ignores `set -e` on the left of `||`.
      "(",
      ...commands.map((command, at) => `  ${command}${at < commands.length - 1 ? " &&" : ""}`),
      `) || failed="$failed ${id}"`,
    ]),
    'if [ -n "$failed" ]; then echo "failed:$failed" >&2; exit 1; fi',
  ];
}
