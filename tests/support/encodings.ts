import { base64, hex, utf8 } from "../../lib/formats/bytes.ts";

/** The ways in which a text is written so that it doesn't look like itself, by name. */
export const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  json: (text) => JSON.stringify({ text }),
  json_unicode: (text) => unitsOf(text).map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join(""),
  percent: encodeURIComponent,
  percent_all: (text) => [...utf8(text)].map((byte) => `%${pair(byte)}`).join(""),
  form: (text) => new URLSearchParams({ q: text }).toString(),
  base64: (text) => base64(utf8(text)),
  base64_url: (text) => base64(utf8(text)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""),
  base64_path: (text) => `https://cdn.test/v1/${base64(utf8(text))}?x=1`,
  base64_lines: (text) => base64(utf8(`Dear reader, ${text}, with kind regards`)).replace(/.{20}/g, "$&\r\n"),
  base64_short_lines: (text) =>
    base64(utf8(`Dear reader, ${text}, with kind regards`)).replace(/.{7}/g, "$&\n\t"),
  base64_inside: (text) => base64(utf8(`note=x;text=${text};`)),
  hex: (text) => hex(utf8(text)),
  hex_upper: (text) => hex(utf8(text)).toUpperCase(),
  hex_spaced: (text) => [...utf8(text)].map(pair).join(" "),
  hex_colons: (text) => [...utf8(text)].map(pair).join(":"),
  hex_lines: (text) => [...utf8(text)].map(pair).join(":\r\n    "),
  hex_escapes: (text) => [...utf8(text)].map((byte) => `\\x${pair(byte)}`).join(""),
  hex_list: (text) => [...utf8(text)].map((byte) => `0x${pair(byte)}`).join(", "),
  octal_escapes: (text) => [...utf8(text)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
  long_escapes: (text) =>
    [...text].map((char) => `\\U${char.codePointAt(0)!.toString(16).padStart(8, "0")}`).join(""),
  percent_unicode: (text) => unitsOf(text).map((unit) => `%u${unit.toString(16).padStart(4, "0")}`).join(""),
  html: (text) => [...text].map((char) => `&#${char.codePointAt(0)};`).join(""),
  html_hex: (text) => [...text].map((char) => `&#x${char.codePointAt(0)!.toString(16)};`).join(""),
  html_named: (text) =>
    text.replaceAll("&", "&amp;").replaceAll("@", "&commat;").replaceAll(".", "&period;").replaceAll(
      "-",
      "&hyphen;",
    )
      .replaceAll(" ", "&nbsp;"),
  zero_width: (text) => [...text].join("\u200b"),
  joiners: (text) => [...text].map((char, i) => i % 3 === 1 ? `${char}\u2060\ufeff` : char).join(""),
  full_width: (text) =>
    [...text].map((char) =>
      char > " " && char < "\x7f" ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char
    )
      .join(""),
  upper: (text) => text.toUpperCase(),
  mixed_case: (text) =>
    [...text].map((char, i) => i % 2 === 0 ? char.toUpperCase() : char.toLowerCase()).join(""),
  sentence: (text) => `As agreed, (${text}), thank you.`,
};

/** Encodings whose output has another case, or other characters, than what they encode: they can't be encoded again. */
export const CHANGES_TEXT: ReadonlySet<string> = new Set(["upper", "mixed_case"]);

function unitsOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

function pair(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
