import { superlinearity } from "./regex_cost.ts";

/*
 * Rules of this repository for code that reads what anybody may have written: `deno lint` loads them (deno.json).
 */

/** Code that runs in the program; tests and scripts read what we wrote. */
function isProgram(filename: string): boolean {
  return /[/\\]lib[/\\]/.test(filename) && !filename.endsWith("_test.ts");
}

/** Calls that put every item of a list on the stack, which holds about a hundred thousand. */
const SPREADING: ReadonlySet<string> = new Set([
  "push",
  "unshift",
  "splice",
  "concat",
  "max",
  "min",
  "fromCharCode",
  "fromCodePoint",
]);

/** Methods of byte arrays that not every runtime of the library has. */
const NATIVE_ENCODINGS: ReadonlySet<string> = new Set([
  "toHex",
  "toBase64",
  "fromHex",
  "fromBase64",
  "setFromHex",
  "setFromBase64",
]);

const plugin: Deno.lint.Plugin = {
  name: "gait",
  rules: {
    "linear-regex": {
      create(context) {
        if (!isProgram(context.filename)) return {};
        return {
          Literal(node) {
            const { regex } = node as Partial<Deno.lint.RegExpLiteral>;
            if (!regex) return; // a number, a text, null
            const { pattern, flags } = regex;
            const reason = superlinearity(pattern, flags);
            if (reason === undefined) return;
            context.report({
              node,
              message: `Takes time by the square of its input, or worse: ${reason}`,
              hint: "Walk the text by hand (lib/formats/trim.ts), or say in a comment what bounds its length",
            });
          },
          NewExpression(node) {
            if (node.callee.type !== "Identifier" || node.callee.name !== "RegExp") return;
            context.report({
              node,
              message: "The time that an expression made of texts takes can't be checked",
              hint: "Write it as a literal, or say in a comment why it is linear",
            });
          },
        };
      },
    },
    "no-spread-call": {
      create(context) {
        if (!isProgram(context.filename)) return {};
        return {
          CallExpression(node) {
            const { callee } = node;
            const name = callee.type === "MemberExpression" && callee.property.type === "Identifier"
              ? callee.property.name
              : "";
            if (
              name === "apply" ||
              SPREADING.has(name) && node.arguments.some(({ type }) => type === "SpreadElement")
            ) {
              context.report({
                node,
                message: "A long list overflows the stack here",
                hint: "Use a loop, or say in a comment why the list is short",
              });
            }
          },
        };
      },
    },
    "no-native-encoding": {
      create(context) {
        // There they are used where the runtime has them.
        if (!isProgram(context.filename) || /[/\\]lib[/\\]formats[/\\]/.test(context.filename)) return {};
        return {
          MemberExpression(node) {
            if (node.property.type !== "Identifier" || !NATIVE_ENCODINGS.has(node.property.name)) return;
            context.report({
              node,
              message: "Node, and browsers that are a year old, have no such method",
              hint: "Use hex(), base64() and their counterparts of lib/formats/bytes.ts",
            });
          },
        };
      },
    },
    "no-locale-compare": {
      create(context) {
        if (!isProgram(context.filename)) return {};
        return {
          MemberExpression(node) {
            if (node.property.type !== "Identifier" || node.property.name !== "localeCompare") return;
            context.report({
              node,
              message: "The order depends on the machine, and each comparison is slow",
              hint: "Use compareBytewise() of lib/formats/bytes.ts",
            });
          },
        };
      },
    },
  },
};

export default plugin;
