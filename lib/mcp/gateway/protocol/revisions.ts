/** A revision of the protocol: which methods it has, in which direction (docs/spec/mcp.md 10.2). */
export interface Revision {
  readonly name: string;
  /** Whether a request says everything itself, and no session begins with `initialize`. */
  readonly stateless: boolean;
  /** Whether several messages may come in one list. */
  readonly batches: boolean;
  readonly clientRequests: ReadonlySet<string>;
  readonly clientNotifications: ReadonlySet<string>;
  readonly serverRequests: ReadonlySet<string>;
  readonly serverNotifications: ReadonlySet<string>;
}

const set = (...names: readonly string[]): ReadonlySet<string> => new Set(names);

const LISTS = [
  "tools/list",
  "tools/call",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "prompts/list",
  "prompts/get",
  "completion/complete",
] as const;
const TASKS = ["tasks/get", "tasks/result", "tasks/list", "tasks/cancel"] as const;
const CHANGES = [
  "notifications/resources/updated",
  "notifications/resources/list_changed",
  "notifications/tools/list_changed",
  "notifications/prompts/list_changed",
] as const;
const BOTH_WAYS = ["notifications/cancelled", "notifications/progress"] as const;

/** What all revisions with a session share. */
const SESSION = {
  clientRequests: [
    "initialize",
    "ping",
    ...LISTS,
    "resources/subscribe",
    "resources/unsubscribe",
    "logging/setLevel",
  ],
  clientNotifications: [...BOTH_WAYS, "notifications/initialized", "notifications/roots/list_changed"],
  serverRequests: ["ping", "sampling/createMessage", "roots/list"],
  serverNotifications: [...BOTH_WAYS, ...CHANGES, "notifications/message"],
} as const;

interface More {
  readonly batches?: true;
  readonly elicitation?: true;
  readonly tasks?: true;
}

function session(name: string, { batches, elicitation, tasks }: More = {}): Revision {
  return {
    name,
    stateless: false,
    batches: batches === true,
    clientRequests: set(...SESSION.clientRequests, ...(tasks ? TASKS : [])),
    clientNotifications: set(
      ...SESSION.clientNotifications,
      ...(tasks ? ["notifications/tasks/status"] : []),
    ),
    serverRequests: set(
      ...SESSION.serverRequests,
      ...(elicitation ? ["elicitation/create"] : []),
      ...(tasks ? TASKS : []),
    ),
    serverNotifications: set(
      ...SESSION.serverNotifications,
      ...(tasks ? ["notifications/tasks/status", "notifications/elicitation/complete"] : []),
    ),
  };
}

/** The revisions that begin with `initialize`, the latest first. */
export const SESSION_REVISIONS: readonly Revision[] = [
  session("2025-11-25", { elicitation: true, tasks: true }),
  session("2025-06-18", { elicitation: true }),
  session("2025-03-26", { batches: true }),
  session("2024-11-05"),
  session("2024-10-07"),
];

/** The stateless revision. */
export const STATELESS: Revision = {
  name: "2026-07-28",
  stateless: true,
  batches: false,
  clientRequests: set("server/discover", ...LISTS, "subscriptions/listen"),
  clientNotifications: set(...BOTH_WAYS),
  // What a server asks comes as the result `input_required` of a request.
  serverRequests: set(),
  serverNotifications: set(
    ...BOTH_WAYS,
    ...CHANGES,
    "notifications/message",
    "notifications/subscriptions/acknowledged",
  ),
};

/** What a session is taken for until its revision is known, or when this program does not know it. */
export const LATEST_SESSION: Revision = SESSION_REVISIONS[0]!;

/** A revision with a session by its name. */
export function sessionRevision(name: unknown): Revision | undefined {
  return SESSION_REVISIONS.find((revision) => revision.name === name);
}
