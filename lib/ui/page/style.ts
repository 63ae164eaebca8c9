import { SHELL_STYLE } from "./style/shell.ts";
import { PARTS_STYLE } from "./style/parts.ts";
import { VIEWS_STYLE } from "./style/views.ts";

/**
 * The style of the page: system fonts, one scale of sizes and distances, and colours that stand for verdicts alone. Every
 * colour has a light and a dark value; text has a contrast of at least 4.5 to what is behind it.
 */
export const STYLE = `${SHELL_STYLE}${PARTS_STYLE}${VIEWS_STYLE}`;
