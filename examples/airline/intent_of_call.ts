/** A tool call as the model asks for it. */
export interface ToolCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Who makes the call, and where. */
export interface Caller {
  readonly identity: string;
  readonly workspace: string;
  readonly session: string;
}

/**
 * The intent request of a call of the airline agent.
 *
 * It states facts and judges nothing: what is touched, how, and how much money is in it. A policy matches on tools,
 * targets and classes, never on arguments, so an amount goes into the intent as a class of a target, in fixed steps;
 * where the limit lies is for the policy to say. The amount is read from the very arguments that will be run, which
 * are in the intent too and covered by its digest.
 */
export function intentOfCall({ name, args }: ToolCall, { identity, workspace, session }: Caller) {
  const targets = [...targetsOf(name, args), ...certificateTargets(name, args)];
  return {
    tool_name: name,
    args,
    targets,
    context: {
      identity,
      workspace,
      session_id: session,
      // Not by the name alone: a tool that nobody knows has consequences until someone says otherwise.
      risk_class: READING.has(name) || name === "transfer_to_human_agents" ? "low" : "high",
    },
  };
}

/** Tools that only read or compute. */
const READING: ReadonlySet<string> = new Set([
  "get_user_details",
  "get_reservation_details",
  "search_direct_flight",
  "search_onestop_flight",
  "list_all_airports",
  "calculate",
  "think",
]);

/** Tools that change a booking, with what they do to it. */
const CHANGES: ReadonlyMap<string, string> = new Map([
  ["book_reservation", "insert"],
  ["update_reservation_flights", "update"],
  ["update_reservation_passengers", "update"],
  ["update_reservation_baggages", "update"],
  ["cancel_reservation", "cancel"],
]);

function targetsOf(name: string, { reservation_id: id }: ToolCall["args"]): object[] {
  const operation = CHANGES.get(name);
  if (operation === undefined) return [];
  return [{
    kind: "table",
    value: typeof id === "string" ? `reservations/${id}` : "reservations",
    operation,
    endpoint_class: "fs.write",
    ...(operation === "cancel" ? { destructive: true } : {}),
  }];
}

/** One target for all certificates of a call: two of 200 are 400, not twice below a limit of 250. */
function certificateTargets(name: string, args: ToolCall["args"]): object[] {
  const amounts = name === "send_certificate" ? [args.amount] : certificatesIn(args.payment_methods);
  if (amounts.length === 0) return [];
  return [{
    kind: "table",
    value: "certificates",
    operation: name === "send_certificate" ? "insert" : "update",
    endpoint_class: "fs.write",
    sensitivity: amountClass(amounts),
  }];
}

function certificatesIn(methods: unknown): unknown[] {
  if (methods === undefined) return [];
  // What can't be read may hold a certificate of any amount.
  if (!Array.isArray(methods)) return [undefined];
  return methods.flatMap((method) => {
    const { payment_id: id, amount } = Object(method) as Record<string, unknown>;
    if (typeof id !== "string") return [undefined];
    return id.trim().toLowerCase().startsWith("certificate") ? [amount] : [];
  });
}

/** The step that a sum of amounts lies in; anything but positive numbers is unknown, also when only one is none. */
export function amountClass(amounts: readonly unknown[]): string {
  let sum = 0;
  for (const amount of amounts) {
    if (typeof amount !== "number" || !Number.isFinite(amount) || amount <= 0) return "amount_unknown";
    sum += amount;
  }
  const step = [100, 250, 500].find((limit) => sum <= limit);
  return step === undefined ? "amount_over_500" : `amount_up_to_${step}`;
}
