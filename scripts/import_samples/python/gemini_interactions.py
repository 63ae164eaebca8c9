"""google-genai: interactions, whole and streamed."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import samples
import scene
from google import genai
from google.genai import types


class Interactions(BaseHTTPRequestHandler):
    """The service: the calls of a turn, the next turn once it is asked with results of the one before."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        results = sum(step.get("type") == "function_result" for step in asked["input"] if isinstance(step, dict))
        at = int(asked.get("previous_interaction_id", "-1")) + 1 if results else 0
        calls = scene.TURNS[at] if at < len(scene.TURNS) else None
        steps = ([{"type": "model_output", "content": [{"type": "text", "text": scene.FINAL}]}] if calls is None else
                 [{"type": "function_call", "id": i, "name": n, "arguments": a} for i, n, a in calls])
        whole = {"id": str(at), "object": "interaction", "model": "m", "created": f"2026-01-02T03:04:0{at}Z",
                 "updated": f"2026-01-02T03:04:0{at}Z", "status": "completed" if calls is None else "requires_action",
                 "steps": steps, "usage": {"total_tokens": 9},
                 **({"previous_interaction_id": str(at - 1)} if at else {})}
        if asked.get("stream"):
            text = "".join(f"data: {json.dumps(e)}\n\n" for e in events_of(whole)) + "data: [DONE]\n\n"
            return self.answer(text, "text/event-stream")
        self.answer(json.dumps(whole), "application/json")

    def answer(self, text, kind):
        data = text.encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def events_of(whole):
    about = {k: v for k, v in whole.items() if k != "steps"}
    yield {"event_type": "interaction.created", "interaction": about | {"status": "in_progress"}}
    for index, step in enumerate(whole["steps"]):
        if step["type"] != "function_call":
            yield {"event_type": "step.start", "index": index, "step": {"type": step["type"]}}
            yield {"event_type": "step.delta", "index": index, "delta": step["content"][0]}
        else:
            yield {"event_type": "step.start", "index": index, "step": step | {"arguments": {}}}
            text = json.dumps(step["arguments"])
            for part in (text[:5], text[5:]):
                yield {"event_type": "step.delta", "index": index, "delta": {"type": "arguments_delta", "arguments": part}}
        yield {"event_type": "step.stop", "index": index}
    yield {"event_type": "interaction.completed", "interaction": about}


server = ThreadingHTTPServer(("127.0.0.1", 0), Interactions)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = genai.Client(api_key="none", http_options=types.HttpOptions(base_url=f"http://127.0.0.1:{server.server_port}"))
tools = [{"type": "function", "name": t["name"], "description": t["description"], "parameters": t["parameters"]}
         for t in scene.TOOLS]


def results_of(calls):
    steps = []
    for call in calls:
        result, failed = scene.run(call.name, call.arguments)
        steps.append({"type": "function_result", "call_id": call.id, "name": call.name, "result": result,
                      **({"is_error": True} if failed else {})})
    return steps


ask, log, events = {"input": scene.QUESTION}, [], []
while True:
    answer = client.interactions.create(model="m", tools=tools, **ask)
    log.append(answer.model_dump(mode="json", exclude_none=True))
    events += [event.model_dump(mode="json", exclude_none=True)
               for event in client.interactions.create(model="m", tools=tools, stream=True, **ask)]
    calls = [step for step in answer.steps if step.type == "function_call"]
    if not calls:
        break
    results = results_of(calls)
    log += results
    events += results
    ask = {"input": results, "previous_interaction_id": answer.id}
samples.write_lines("interactions.jsonl", log)
samples.write_lines("interaction_events.jsonl", events)
