import { utf8 } from "../formats/bytes.ts";

/**
 * A one-page PDF with lines of text (docs/spec/guard.md section 2). Written byte for byte as specified, since its
 * digest enters the id of the pack.
 */
export function summaryPdf(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  const shown = lines.map((line, i) => `${i === 0 ? "" : "0 -14 Td\n"}(${escapeText(line)}) Tj\n`);
  const stream = `BT\n/F1 10 Tf\n50 760 Td\n${shown.join("")}ET`;
  const bodies = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R " +
    "/Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${utf8(stream).length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let text = "%PDF-1.4\n";
  let size = text.length;
  let table = `xref\n0 ${bodies.length + 1}\n0000000000 65535 f \n`;
  for (const [i, body] of bodies.entries()) {
    table += `${String(size).padStart(10, "0")} 00000 n \n`;
    const part = `${i + 1} 0 obj\n${body}\nendobj\n`;
    text += part;
    size += utf8(part).length;
  }
  const trailer = `trailer\n<< /Size ${bodies.length + 1} /Root 1 0 R >>\nstartxref\n${size}\n%%EOF\n`;
  return utf8(text + table + trailer);
}

/** Without escaping, a line could end its PDF string and inject drawing operators. */
function escapeText(text: string): string {
  return text.replace(/[\\()]/g, (char) => `\\${char}`);
}
