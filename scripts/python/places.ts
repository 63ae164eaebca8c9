/** The environments that the tests of the Python package run in; each is made once (`venv`). */
import { findPython, SUPPORTED } from "./interpreters.ts";
import { PackagesMissing, type Venv, venv } from "./venv.ts";

/** The version that the pinned frameworks were resolved for, then those that they also run on. */
const FRAMEWORK_VERSIONS = ["3.12", "3.13", "3.11"];

/** For the tests of the package on a version of Python. */
export async function sdkPlace(version: string): Promise<Venv> {
  return await venv(`sdk-${version}`, await interpreter(version), ["sdk/python/requirements-test.txt"]);
}

/** For its types: checked as those of the oldest version, by the newest one that is there. */
export async function typesPlace(): Promise<Venv> {
  return await venv("sdk-types", await interpreter(SUPPORTED.at(-1)!), ["sdk/python/requirements-types.txt"]);
}

/** The real frameworks; CrewAI is apart, for its newest version wants older packages than the others do. */
export const FRAMEWORKS = { frameworks: "integrations", crewai: "crewai" } as const;

/** For the adapters with real frameworks. */
export async function frameworksPlace(name: keyof typeof FRAMEWORKS): Promise<Venv> {
  const [requirements, constraints] = ["requirements", "constraints"]
    .map((kind) => [`sdk/python/${kind}-${FRAMEWORKS[name]}.txt`]);
  for (const version of FRAMEWORK_VERSIONS) {
    const python = await findPython(version);
    if (python !== undefined) return await venv(name, python, requirements!, constraints);
  }
  throw new PackagesMissing(`none of Python ${FRAMEWORK_VERSIONS.join(", ")} is there`);
}

async function interpreter(version: string): Promise<string> {
  const found = await findPython(version);
  if (found === undefined) throw new PackagesMissing(`python${version} is absent`);
  return found;
}
