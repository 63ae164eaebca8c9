import { invalidInput } from "../../errors/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { trim } from "../../formats/text.ts";
import { parseTime, type Rfc3339, timeOfMillis } from "../../formats/time.ts";
import { type ValueFlag, valueFlag } from "../flags.ts";

/** A point in time that depends on when the command runs. */
export type Since = (now: number) => Rfc3339;

const DAY = 86_400_000;

/** A flag that takes a duration before now (`36h`, `7d`), a day (`2026-11-01`, UTC) or an RFC 3339 time. */
export function since(help: string): ValueFlag<Since | undefined> {
  return valueFlag<Since>("text", "span|time", help, undefined, (given, flag) => {
    const text = trim(given);
    const days = /^([0-9]{1,5})d$/.exec(text)?.[1];
    const span = days === undefined ? parseDuration(text) : BigInt(Number(days) * DAY) * 1_000_000n;
    if (span !== undefined && span > 0n) {
      return (now) => timeOfMillis(Math.max(0, now - Number(span / 1_000_000n)));
    }
    try {
      const time = parseTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text, flag);
      return () => time;
    } catch (cause) {
      throw invalidInput(`Cannot use ${flag} "${given}": it is neither a duration nor a time`, {
        hint: `For example: ${flag} 24h, ${flag} 7d or ${flag} 2026-11-01`,
        cause,
      });
    }
  });
}
