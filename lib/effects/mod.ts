/** Files, processes, permissions and the other effects. The only folder that uses `Deno.*`. */
export { makeFiles, MAX_FILE_BYTES } from "./files.ts";
export type { Extended, Extension, Journal, JournalPart, Journals, LeftJournal, Placement } from "./types.ts";
export type { Stdio } from "./stdio.ts";
export { realConsole } from "./console.ts";
export { missingPermission, narrowPermissions, type Needs } from "./permissions.ts";
export { systemEffects } from "./system.ts";
export type {
  Appender,
  BoundedRequest,
  BoundedResult,
  ChildRequest,
  ChildResult,
  Effects,
  Environment,
  ExchangeAnswer,
  ExchangeRequest,
  FetchAnswer,
  FetchRequest,
  FileInfo,
  FileLine,
  Files,
  FolderEntry,
  Http,
  HttpServer,
  LaunchRequest,
  ListenOptions,
  LockOptions,
  OutputRules,
  PermissionProbe,
  PipedChild,
  PipedRequest,
  ServerAnswer,
  ServerRequest,
  SupervisedChild,
  Supervision,
  UnixConnection,
  UnixListenOptions,
  UnixServer,
  WatchedFolder,
  WatchFolders,
  WriteOptions,
  WrittenOutput,
} from "./types.ts";
