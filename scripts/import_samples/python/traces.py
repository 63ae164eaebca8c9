"""OpenTelemetry for the samples: a tracer that exports to the model server, and what was exported as files."""

import base64
import binascii
import json

from model_server import posted
from samples import folder, scrub, write


def write_traces(name: str) -> None:
    """Everything that was posted as OTLP, as OTLP JSON and by OTLP's own encoding."""
    from google.protobuf.json_format import MessageToDict, ParseDict
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    merged = ExportTraceServiceRequest()
    for _, path, kind, body in posted:
        if path.endswith("/v1/traces") and "protobuf" in kind:
            merged.MergeFrom(ExportTraceServiceRequest.FromString(body))
    posted.clear()
    document = json.loads(scrub(json.dumps(MessageToDict(merged))))
    encoded = ParseDict(document, ExportTraceServiceRequest()).SerializeToString()
    # A few samples by OTLP's own encoding will do.
    if len(encoded) < 24_000:
        with open(f"{folder()}/{name}.pb", "wb") as file:
            file.write(encoded)

    def hexed(value):
        """OTLP JSON has ids in hex and enums as numbers, unlike the JSON form of other protobufs."""
        if isinstance(value, list):
            return [hexed(one) for one in value]
        if not isinstance(value, dict):
            return value
        kinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
        out = {}
        for key, one in value.items():
            if key in ("traceId", "spanId", "parentSpanId"):
                out[key] = binascii.hexlify(base64.b64decode(one)).decode()
            elif key == "kind" and isinstance(one, str):
                out[key] = kinds.index(one.removeprefix("SPAN_KIND_"))
            elif key == "code" and isinstance(one, str):
                out[key] = {"STATUS_CODE_UNSET": 0, "STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}[one]
            else:
                out[key] = hexed(one)
        return out

    write(f"{name}.json", json.dumps(hexed(document), ensure_ascii=False))


def tracer_provider(address: str):
    """A tracer provider that exports to this server by OTLP, one span at a time."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    provider = TracerProvider(resource=Resource({"service.name": "refunds"}))
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=f"{address}/v1/traces")))
    trace.set_tracer_provider(provider)
    return provider
