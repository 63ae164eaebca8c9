import { median, printTable } from "../table.ts";

/** How many client processes use one gate at the same time. */
export const CLIENTS = 16;

/**
 * Print how many decisions per second a gate on a Unix socket makes for one client process, and for many together. Both are
 * measured in turn, so that a busy moment of the machine meets both. Budget: many get at least 0.7 of what one gets.
 *
 * @param rateOf decisions per second of so many clients
 */
export async function measureClients(
  language: string,
  rounds: number,
  rateOf: (clients: number) => Promise<number>,
): Promise<void> {
  const [one, many]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    one.push(await rateOf(1));
    many.push(await rateOf(CLIENTS));
  }
  const share = median(many) / median(one);
  printTable(`${language}, one gate on a Unix socket (median of rounds)`, ["", "per second", "budget"], [
    ["one client process", median(one).toFixed(0), ""],
    [
      `${CLIENTS} client processes`,
      median(many).toFixed(0),
      `>= 0.7 of one ${share >= 0.7 ? "ok" : "UNDER"}`,
    ],
  ]);
}
