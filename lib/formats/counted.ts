/** A number with its noun: `1 run`, `2 runs`, `1 family`, `2 families`. */
export function counted(count: number | bigint, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 || count === 1n ? one : many}`;
}
