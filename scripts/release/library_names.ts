const STAGES: Readonly<Record<string, string>> = { alpha: "a", beta: "b", rc: "rc" };

/** A semantic version as Python writes it: `1.2.3-rc.1` is `1.2.3rc1` (PEP 440). */
export function pythonVersion(version: string): string {
  const [, numbers, stage, count] = /^(\d+\.\d+\.\d+)(?:-(alpha|beta|rc)\.?(\d+))?$/.exec(version) ?? [];
  if (numbers === undefined) {
    throw new Error(`"${version}" has no form in Python: before a release, say -alpha.1, -beta.1 or -rc.1`);
  }
  return stage === undefined ? numbers : `${numbers}${STAGES[stage]}${count}`;
}

/** The files of the libraries, with the addresses of the packages (purl). */
export function libraryNames(version: string): { readonly name: string; readonly purl: string }[] {
  const python = pythonVersion(version);
  return [
    { name: `gait-gait-${version}.tgz`, purl: `pkg:npm/%40gait/gait@${version}` },
    { name: `gait-${python}-py3-none-any.whl`, purl: `pkg:pypi/gait@${python}` },
    { name: `gait-${python}.tar.gz`, purl: `pkg:pypi/gait@${python}?file_name=gait-${python}.tar.gz` },
  ];
}
