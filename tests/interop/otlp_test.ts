import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { jobPackSample, runPackSample, swap } from "../support/sample_packs.ts";
import { pythonPackages, runPython } from "../support/python_packages.ts";
import { testUnless } from "../support/test_unless.ts";

const REQUIREMENTS = ["opentelemetry-proto==1.45.2"];

/**
 * The protobuf definitions of OpenTelemetry read the lines: every unknown field and every wrong type is an error. Ids
 * are hex in OTLP/JSON where plain protobuf JSON has base64, so they are translated first.
 */
const PARSE = `
import base64, json, sys
from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
def translate(value):
    if isinstance(value, list):
        return [translate(item) for item in value]
    if isinstance(value, dict):
        return {name: base64.b64encode(bytes.fromhex(item)).decode() if name in ("traceId", "spanId", "parentSpanId")
                else translate(item) for name, item in value.items()}
    return value
traces, logs = [translate(json.loads(line)) for line in json.load(sys.stdin).splitlines()]
traces = json_format.ParseDict(traces, TracesData())
logs = json_format.ParseDict(logs, LogsData())
spans = [span for group in traces.resource_spans for scope in group.scope_spans for span in scope.spans]
records = [record for group in logs.resource_logs for scope in group.scope_logs for record in scope.log_records]
attribute = lambda holder, name: next((a.value.string_value for a in holder.attributes if a.key == name), None)
json.dump({
    "spans": len(spans),
    "logs": len(records),
    "roots": sum(not span.parent_span_id for span in spans),
    "ids": len({span.span_id for span in spans}),
    "traces": len({span.trace_id for span in spans} | {record.trace_id for record in records}),
    "lengths": sorted({len(span.trace_id) for span in spans} | {len(span.span_id) for span in spans}),
    "ordered": all(span.start_time_unix_nano <= span.end_time_unix_nano for span in spans),
    "tools": [attribute(span, "gen_ai.tool.name") for span in spans if attribute(span, "gen_ai.operation.name") == "execute_tool"],
    "errors": sum(span.status.code == 2 for span in spans),
    "linked": all(any(span.span_id == record.span_id for span in spans) for record in records),
    "start": spans[0].start_time_unix_nano,
}, sys.stdout)
`;

const packages = await pythonPackages("opentelemetry", REQUIREMENTS);

testUnless(
  packages.missing,
  "the OTLP of packs is read by OpenTelemetry's own definitions, and everything is counted",
  async () => {
    await onStage(async ({ gait, write, read }) => {
      const at = "2026-03-01T09:00:00.123456789Z";
      await write("run.zip", await runPackSample(undefined, (run) => run.intents[0].created_at = at));
      await write("job.zip", await jobPackSample());
      const parsed = async (pack: string) => {
        const exported = await gait`pack export ${pack} --otlp-json o.jsonl --force --json`;
        assert.equal(exported.code, 0, exported.stdout);
        assert.equal(exported.json.otlp_json_path, "o.jsonl");
        return await runPython(packages.folder, PARSE, await read("o.jsonl"));
      };
      const run = await parsed("run.zip") as Record<string, unknown>;
      assert.deepEqual({ ...run, start: undefined }, {
        spans: 4, // the run and three calls
        logs: 3, // the pack and two results
        roots: 1,
        ids: 4,
        traces: 1,
        lengths: [8, 16],
        ordered: true,
        tools: ["tool.search", "tool.fetch", "tool.other"],
        errors: 1,
        linked: true,
        start: undefined,
      });
      const job = await parsed("job.zip") as Record<string, unknown>;
      assert.deepEqual([job.spans, job.logs, job.roots, job.linked], [1, 4, 1, true]);

      const line = (await read("o.jsonl")).split("\n")[0]!;
      assert.ok(!line.includes("payload"), "payloads stay in the pack");
      await write("bad.zip", await swap(await runPackSample(), { "run_payload.json": "{}" }));
      assert.equal((await gait`pack export bad.zip --otlp-json no.jsonl`).code, 2);
      await assert.rejects(read("no.jsonl"));
    });
  },
);

Deno.test("OTLP keeps every digit of a time", () =>
  onStage(async ({ gait, write, read }) => {
    await write(
      "run.zip",
      await runPackSample(undefined, (run) => run.intents[0].created_at = "2026-02-01T00:00:00.123456789Z"),
    );
    assert.equal((await gait`pack export run.zip --otlp-json o.jsonl --force`).code, 0);
    assert.ok((await read("o.jsonl")).includes('"startTimeUnixNano":"1769904000123456789"'));
  }));
