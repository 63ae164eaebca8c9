/** Risk reports: the actions of runs and traces, ranked by what they could do. */
export {
  encodeTop,
  encodeTopFile,
  MAX_TOP,
  OLDER_TOP,
  rankActions,
  type RankedSource,
  rankSources,
  readSource,
  type TopReport,
} from "./top.ts";
export { actionsByDay } from "./days.ts";
export { GROUPINGS } from "./groups.ts";
export { makeTopPage, OLDER_PAGE } from "./page.ts";
