"""A scripted model behind the APIs of OpenAI, Anthropic, Gemini, Mistral and Bedrock, and a collector of traces.

It listens on the loopback interface alone, and answers with scripted_answers.py.
"""

import gzip
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scripted_answers import (
    chat,
    chat_chunks,
    claude,
    claude_events,
    converse,
    gemini,
    response,
    response_events,
)

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
