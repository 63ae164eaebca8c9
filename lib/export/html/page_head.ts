/** What a page of evidence begins with; it loads nothing and its address goes nowhere. */
export interface PageHead {
  /** The content security policy. */
  readonly policy: string;
  /** Version of the program. */
  readonly version: string;
  readonly title: string;
  readonly style: string;
}

/** Render the beginning of a page, up to the opening of its body. */
export function pageHead({ policy, version, title, style }: PageHead): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="gait ${version.replace(/[^0-9A-Za-z.+-]/g, "")}">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
`;
}
