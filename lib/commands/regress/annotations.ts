import type { JsonObject } from "../../formats/json/mod.ts";
import { messageOfGrader, type RunReport, splitName } from "../../regress/mod.ts";
import { type Line, line } from "../text.ts";

/** A failed grader as an annotation on the `fixture.json` of its fixture. */
function annotationsOf({ result, folders }: RunReport) {
  return result.graders.filter(({ status }) => status !== "pass").map((grader) => {
    const { fixture, grader: name } = splitName(grader.name);
    return {
      file: `${folders.get(fixture) ?? "fixtures"}/fixture.json`,
      title: `regression ${fixture}: ${name}`,
      message: messageOfGrader(grader),
    };
  });
}

/** Format the failed graders as workflow commands of GitHub Actions. */
export function annotationLines(report: RunReport): Line[] {
  return annotationsOf(report).map(({ file, title, message }) =>
    line(`::error file=${property(file)},line=1,title=${property(title)}::${data(message)}`)
  );
}

/** Encode the same annotations as JSON. */
export function encodeAnnotations(report: RunReport): JsonObject[] {
  return annotationsOf(report);
}

/**
 * Escape as the GitHub runner demands: a name from a fixture must not be able to end the command or start another
 * one.
 */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
