import { type CiPlan, ciSteps, REPORTS } from "./plan.ts";
import { headComments, indented } from "./text.ts";

/** A declarative pipeline of Jenkins: a stage a check, JUnit by its own step, everything as artifacts. */
export function jenkins(plan: CiPlan): string {
  const { install, others } = ciSteps(plan, { regress: " --junit-jenkins" });
  return [
    ...headComments("jenkins", "//"),
    "pipeline {",
    "  agent any",
    "  stages {",
    ...[install, ...others].flatMap(({ id, title, commands }) => [
      `    stage('${title}') {`,
      "      steps {",
      ...(id !== install.id ? ["        catchError(buildResult: 'FAILURE', stageResult: 'FAILURE') {"] : []),
      "          sh '''#!/bin/sh -e",
      ...indented(commands, 12).map(inGroovy),
      "          '''",
      ...(id !== install.id ? ["        }"] : []),
      "      }",
      "    }",
    ]),
    "  }",
    "  post {",
    "    always {",
    `      junit testResults: '${REPORTS}/*.xml', allowEmptyResults: true`,
    `      archiveArtifacts artifacts: '${REPORTS}/**', allowEmptyArchive: true`,
    "    }",
    "  }",
    "}",
    "",
  ].join("\n");
}

/** A line inside of a text between three single quotes. */
function inGroovy(line: string): string {
  return line.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
}
