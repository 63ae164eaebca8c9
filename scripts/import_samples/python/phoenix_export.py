"""arize-phoenix: what its clients export of spans that OpenInference sent, from a real server on loopback.

SPANS names the OTLP sample to send: that of openinference-instrumentation-langchain.
"""

import base64
import json
import os
import socket
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

import samples



def encoded(path: str) -> bytes:
    """OTLP JSON by OTLP's own encoding; its ids are in hex, unlike the bytes of other JSON forms of protobufs."""
    from google.protobuf.json_format import ParseDict
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    document = json.load(open(path, encoding="utf-8"))
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for key in ("traceId", "spanId", "parentSpanId"):
                    if key in span:
                        span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
    return ParseDict(document, ExportTraceServiceRequest()).SerializeToString()


shutil.copy(os.path.join(os.path.dirname(os.environ["SPANS"]), "made.json"), samples.folder())
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
with tempfile.TemporaryDirectory() as home:
    env = os.environ | {"PHOENIX_WORKING_DIR": home, "PHOENIX_PORT": str(port), "PHOENIX_HOST": "127.0.0.1",
                        "PHOENIX_GRPC_PORT": str(port + 1), "PHOENIX_TELEMETRY_ENABLED": "false"}
    server = subprocess.Popen([sys.executable, "-m", "phoenix.server.main", "serve"], env=env,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/healthz")
                break
            except OSError:
                time.sleep(0.5)
        body = encoded(os.environ["SPANS"])
        urllib.request.urlopen(urllib.request.Request(f"{address}/v1/traces", body,
                                                      {"content-type": "application/x-protobuf"}))
        from phoenix.client import Client

        client = Client(base_url=address)
        for _ in range(60):
            spans = client.spans.get_spans(project_identifier="default", limit=1000)
            if len(spans) > 5:
                break
            time.sleep(0.5)
        samples.write_json("spans_rest.json", {"data": spans, "next_cursor": None})
        frame = client.spans.get_spans_dataframe(project_identifier="default")
        frame.to_json(f"{samples.folder()}/spans_dataframe.jsonl", orient="records", lines=True, date_format="iso")
        frame.to_csv(f"{samples.folder()}/spans_dataframe.csv")
        url = f"{address}/v1/projects/default/spans/otlpv1?limit=1000"
        try:
            samples.write("spans_otlp.json", urllib.request.urlopen(url).read().decode())
        except OSError as error:
            print("no OTLP export:", error)
    finally:
        server.terminate()
        server.wait()
