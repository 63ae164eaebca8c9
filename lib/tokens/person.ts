/**
 * An identity as people are told apart (docs/spec/tokens.md 3.6, 3.7): without case, blanks, the width of letters and
 * what nobody sees, so that `Ana`, `ana` and `a\u200bna` are one person. Only for refusing: what is allowed is compared
 * as it was signed.
 */
export function comparableName(identity: string): string {
  // Made here: the tables of the expression are large, and most calls have no approvals.
  return identity.replace(/[\p{C}\p{Default_Ignorable_Code_Point}\s]/gu, "").normalize("NFKC").toLowerCase();
}

/** Whether a person is one of several, however the names are spelt. */
export function isOneOf(person: string, others: readonly string[]): boolean {
  if (others.length === 0) return false;
  const name = comparableName(person);
  return others.some((other) => comparableName(other) === name);
}
