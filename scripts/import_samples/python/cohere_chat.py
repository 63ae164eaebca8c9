"""cohere: version 1 of its Chat API, whole and streamed, and the histories of its requests."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cohere
import samples
import scene


class Chat(BaseHTTPRequestHandler):
    """The service: the calls of a turn, the next turn once the one before has its results."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        history = asked.get("chat_history", [])
        told = [{"role": "USER", "message": asked["message"]}] if asked["message"] else []
        told += [{"role": "TOOL", "tool_results": asked["tool_results"]}] if asked.get("tool_results") else []
        at = sum(one["role"] == "TOOL" for one in history + told)
        calls = [{"name": n, "parameters": a} for _, n, a in scene.TURNS[at]] if at < len(scene.TURNS) else []
        text = "I call." if calls else scene.FINAL
        said = {"role": "CHATBOT", "message": text, **({"tool_calls": calls} if calls else {})}
        whole = {"response_id": f"r{at}", "generation_id": f"g{at}", "text": text, "finish_reason": "COMPLETE",
                 "chat_history": [*history, *told, said], **({"tool_calls": calls} if calls else {})}
        if not asked.get("stream"):
            return self.answer(json.dumps(whole), "application/json")
        events = [{"event_type": "stream-start", "generation_id": whole["generation_id"]}]
        events += [{"event_type": "tool-calls-chunk", "text": text[:2]},
                   {"event_type": "tool-calls-chunk", "tool_call_delta": {"index": 0, "name": calls[0]["name"]}},
                   {"event_type": "tool-calls-generation", "text": text, "tool_calls": calls}] if calls else [
                       {"event_type": "text-generation", "text": text}]
        events += [{"event_type": "stream-end", "finish_reason": "COMPLETE", "response": whole}]
        self.answer("".join(json.dumps({"is_finished": e["event_type"] == "stream-end", **e}) + "\n" for e in events),
                    "application/stream+json")

    def answer(self, text, kind):
        data = text.encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


server = ThreadingHTTPServer(("127.0.0.1", 0), Chat)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = cohere.Client("none", base_url=f"http://127.0.0.1:{server.server_port}")
tools = [cohere.Tool(name=t["name"], description=t["description"], parameter_definitions={
    name: cohere.ToolParameterDefinitionsValue(type={"string": "str", "integer": "int"}[one["type"]], required=True)
    for name, one in t["parameters"]["properties"].items()}) for t in scene.TOOLS]
ask, answers, events = {"message": scene.QUESTION}, [], []
while True:
    answer = client.chat(model="m", tools=tools, **ask)
    answers.append(json.loads(answer.json()))
    events += [json.loads(event.json()) for event in client.chat_stream(model="m", tools=tools, **ask)]
    if not answer.tool_calls:
        break
    results = []
    for call in answer.tool_calls:
        result, failed = scene.run(call.name, call.parameters)
        results.append(cohere.ToolResult(call=call, outputs=[{"error": result} if failed else result]))
    ask = {"message": "", "chat_history": answer.chat_history, "tool_results": results}
samples.write_lines("answers.jsonl", answers)
samples.write_lines("events.jsonl", events)
samples.write_json("chat_history.json", answers[-1]["chat_history"])
scene.write_made()
