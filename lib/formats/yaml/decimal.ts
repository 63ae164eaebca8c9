/**
 * A number in its shortest decimal form without an exponent, as the existing program's language prints it: `1500`,
 * `0.0000001`, `+Inf`.
 */
export function decimalText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const [mantissa = "", exponent] = String(value).split("e");
  if (exponent === undefined) return mantissa;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const point = whole.length + Number(exponent);
  const figures = whole + fraction;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${figures}`;
  return `${sign}${figures.padEnd(point, "0")}`;
}
