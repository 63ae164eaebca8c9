/** The style of the page. */
export const STYLE = `body { font: 14px system-ui }`;
