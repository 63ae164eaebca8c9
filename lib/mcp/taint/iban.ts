/** Lengths of IBANs (ISO 13616): Norway has the shortest, 34 is the most that the standard allows. */
const SHORTEST = 15;
const LONGEST = 34;

/**
 * Visit all IBANs of a folded text, without the blanks and hyphens between their groups. What follows one may look
 * like a part of it, so every length with a valid check number (ISO 7064, mod 97) counts.
 */
export function eachIban(text: string, visit: (iban: string) => void): void {
  for (let at = 0; at + SHORTEST <= text.length; at++) {
    // The third character first: digits are rarer than letters.
    if (!isDigit(text, at + 2) || !isLetter(text, at) || !isLetter(text, at + 1)) continue;
    let compact = "";
    for (let i = at; i < text.length && compact.length < LONGEST; i++) {
      if (isLetter(text, i) || isDigit(text, i)) compact += text[i];
      else if (!/[ \u00a0-]/.test(text[i]!) || !(isLetter(text, i + 1) || isDigit(text, i + 1))) break;
    }
    if (!isDigit(compact, 2) || !isDigit(compact, 3)) continue;
    for (let length = SHORTEST; length <= compact.length; length++) {
      const iban = compact.slice(0, length);
      if (hasValidCheck(iban)) visit(iban);
    }
  }
}

/** Whether the number that the rearranged text stands for is 1 modulo 97. */
function hasValidCheck(iban: string): boolean {
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = parseInt(char, 36);
    rest = (rest * (value < 10 ? 10 : 100) + value) % 97;
  }
  return rest === 1;
}

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x61 && code <= 0x7a;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}
