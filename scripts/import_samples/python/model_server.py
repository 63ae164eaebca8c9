"""A scripted model behind the APIs of OpenAI, Anthropic, Gemini, Mistral and Bedrock, and a collector of traces.

It listens on the loopback interface alone, and answers with the calls of scene.py.
"""

import gzip
import json
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scene import FINAL, TURNS


def answers_in(value) -> int:
    """How many results of tools a request holds, in whatever form."""
    if isinstance(value, list):
        return sum(map(answers_in, value))
    if not isinstance(value, dict):
        return 0
    marks = (
        value.get("role") == "tool" and "toolResult" not in str(value)[:400],
        value.get("type") in ("function_call_output", "tool_result"),
        "functionResponse" in value,
        "toolResult" in value,
    )
    return 1 if any(marks) else sum(map(answers_in, value.values()))


def turn_of(request):
    """The calls of this turn; None when all are made."""
    at = 0
    for turn in TURNS:
        if answers_in(request.get("messages") or request.get("input") or request.get("contents")) <= at:
            return turn
        at += len(turn)
    return None


def chat(request):
    turn = turn_of(request)
    message = {"role": "assistant", "content": FINAL if turn is None else None}
    if turn:
        message["tool_calls"] = [
            {"id": i, "type": "function", "function": {"name": n, "arguments": json.dumps(a)}}
            for i, n, a in turn
        ]
    return {
        "id": f"chatcmpl-{answers_in(request['messages'])}",
        "object": "chat.completion",
        "created": 1760000000,
        "model": request.get("model", "scripted"),
        "choices": [
            {
                "index": 0,
                "message": message,
                "logprobs": None,
                "finish_reason": "stop" if turn is None else "tool_calls",
            }
        ],
        "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18},
    }


def chat_chunks(request):
    whole = chat(request)
    head = {k: whole[k] for k in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
    message = whole["choices"][0]["message"]
    deltas = [{"role": "assistant", "content": message["content"]}]
    for index, call in enumerate(message.get("tool_calls", [])):
        named = call["function"]
        deltas.append(
            {"tool_calls": [{"index": index, "id": call["id"], "type": "function",
                             "function": {"name": named["name"], "arguments": ""}}]}
        )
        text = named["arguments"]
        for part in (text[: len(text) // 2], text[len(text) // 2 :]):
            deltas.append({"tool_calls": [{"index": index, "function": {"arguments": part}}]})
    for delta in deltas:
        yield head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield head | {"choices": [{"index": 0, "delta": {}, "finish_reason": whole["choices"][0]["finish_reason"]}]}
    if (request.get("stream_options") or {}).get("include_usage"):
        yield head | {"choices": [], "usage": whole["usage"]}


def response(request):
    turn = turn_of(request) if isinstance(request["input"], list) else TURNS[0]
    if turn is None:
        output = [
            {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
             "content": [{"type": "output_text", "text": FINAL, "annotations": []}]}
        ]
    else:
        output = [
            {"type": "function_call", "id": f"fc_{i[5:]}", "call_id": i, "name": n,
             "arguments": json.dumps(a), "status": "completed"}
            for i, n, a in turn
        ]
    return {
        "id": f"resp_{answers_in(request['input'])}", "object": "response", "created_at": 1760000000,
        "status": "completed", "error": None, "incomplete_details": None, "instructions": None,
        "model": request.get("model", "scripted"), "output": output, "parallel_tool_calls": True,
        "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0, "metadata": {},
        "usage": {"input_tokens": 9, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0}, "output_tokens": 9,
                  "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 18},
    }


def response_events(request):
    whole = response(request)
    opened = whole | {"status": "in_progress", "output": []}
    events = [{"type": "response.created", "response": opened}]
    for index, item in enumerate(whole["output"]):
        at = {"output_index": index, "item_id": item["id"]}
        empty = item | ({"arguments": ""} if item["type"] == "function_call" else {"content": []})
        events.append({"type": "response.output_item.added", "output_index": index,
                       "item": empty | {"status": "in_progress"}})
        if item["type"] == "function_call":
            events.append({"type": "response.function_call_arguments.delta", "delta": item["arguments"]} | at)
            events.append({"type": "response.function_call_arguments.done", "arguments": item["arguments"],
                           "name": item["name"]} | at)
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    events.append({"type": "response.completed", "response": whole})
    for number, event in enumerate(events):
        yield event | {"sequence_number": number}


def claude(request):
    turn = turn_of(request)
    content = (
        [{"type": "text", "text": FINAL}]
        if turn is None
        else [{"type": "tool_use", "id": i, "name": n, "input": a} for i, n, a in turn]
    )
    return {
        "id": f"msg_{answers_in(request['messages'])}", "type": "message", "role": "assistant",
        "model": request["model"], "content": content,
        "stop_reason": "end_turn" if turn is None else "tool_use", "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 9},
    }


def claude_events(request):
    whole = claude(request)
    yield {"type": "message_start", "message": whole | {"content": [], "stop_reason": None}}
    for index, block in enumerate(whole["content"]):
        start = block | ({"input": {}} if block["type"] == "tool_use" else {"text": ""})
        yield {"type": "content_block_start", "index": index, "content_block": start}
        if block["type"] == "tool_use":
            text = json.dumps(block["input"])
            for part in (text[:5], text[5:]):
                yield {"type": "content_block_delta", "index": index,
                       "delta": {"type": "input_json_delta", "partial_json": part}}
        else:
            yield {"type": "content_block_delta", "index": index,
                   "delta": {"type": "text_delta", "text": block["text"]}}
        yield {"type": "content_block_stop", "index": index}
    yield {"type": "message_delta", "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
           "usage": {"output_tokens": 9}}
    yield {"type": "message_stop"}


def gemini(request):
    turn = turn_of(request)
    parts = [{"text": FINAL}] if turn is None else [
        {"functionCall": {"id": i, "name": n, "args": a}} for i, n, a in turn
    ]
    return {
        "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 9, "totalTokenCount": 18},
        "modelVersion": "scripted", "responseId": f"r{answers_in(request['contents'])}",
    }


def converse(request):
    turn = turn_of(request)
    content = [{"text": FINAL}] if turn is None else [
        {"toolUse": {"toolUseId": i, "name": n, "input": a}} for i, n, a in turn
    ]
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": "end_turn" if turn is None else "tool_use",
        "usage": {"inputTokens": 9, "outputTokens": 9, "totalTokens": 18},
        "metrics": {"latencyMs": 5},
    }


runs = []  # what LangSmith's API answers with
posted = []  # (path, body) of everything that is no model


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send(200, {"version": "0.0.0", "instance_flags": {}, "batch_ingest_config": {
            "use_multipart_endpoint": False, "scale_up_qsize_trigger": 1000, "scale_up_nthreads_limit": 16,
            "scale_down_nempty_trigger": 4, "size_limit": 100, "size_limit_bytes": 20971520}})

    def do_PATCH(self):
        self.do_POST()

    def do_POST(self):
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while size := int(self.rfile.readline().strip() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        path = self.path.split("?")[0]
        plays = [
            ("/chat/completions", chat, chat_chunks),
            ("/responses", response, response_events),
            ("/messages", claude, claude_events),
            (":generateContent", gemini, None),
            ("/converse", converse, None),
        ]
        for end, whole, events in plays:
            if path.endswith(end):
                request = json.loads(body)
                if os.environ.get("SHOW_REQUESTS"):
                    print(path, json.dumps(request)[:3000], flush=True)
                if request.get("stream") and events:
                    return self.stream(events(request), end)
                return self.send(200, whole(request))
        if path.endswith(":streamGenerateContent"):
            return self.stream([gemini(json.loads(body))], "")
        if path == "/runs/query":
            return self.send(200, {"runs": runs, "cursors": {"next": None}})
        posted.append((self.command, path, self.headers.get("content-type", ""), body))
        if "protobuf" in self.headers.get("content-type", ""):
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            return self.end_headers()
        self.send(200, {"successes": [], "errors": []})

    def stream(self, events, end):
        named = end in ("/responses", "/messages")
        text = "".join(
            (f"event: {event['type']}\n" if named else "") + f"data: {json.dumps(event)}\n\n" for event in events
        )
        if end == "/chat/completions":
            text += "data: [DONE]\n\n"
        self.finish_with(text.encode(), "text/event-stream")

    def send(self, status, value):
        self.finish_with(json.dumps(value).encode(), "application/json", status)

    def finish_with(self, data, kind, status=200):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def serve(port: int = 0) -> str:
    """Start the server; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


# Machine paths in tracebacks say where the sample was made, which is nobody's business.
_PATH = re.compile(r"(?:/[\w.+-]+)+/(site-packages|node_modules|import_samples|samples|lib/python[\d.]+)/")


_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


def scrub(text: str) -> str:
    return _ADDRESS.sub("http://model.invalid", _PATH.sub(r"/\1/", text))


def write_traces(name: str) -> None:
    """Everything that was posted as OTLP, as OTLP JSON and by OTLP's own encoding."""
    import binascii
    from google.protobuf.json_format import MessageToDict, ParseDict
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from scene import folder, write

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
                import base64
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
