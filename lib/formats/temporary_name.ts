/**
 * The name of the file that a temporary file was to become, the reverse of `temporaryName()`; `undefined` when
 * the file is none of an atomic write. It is apart because every command loads that one, and few this one.
 */
export function nameOfTemporary(name: string): string | undefined {
  return /^\.(.+)\.tmp-[0-9a-f]{16}$/.exec(name)?.[1];
}
