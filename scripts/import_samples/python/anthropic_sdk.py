"""anthropic: Messages, whole and streamed."""

import json

from anthropic import Anthropic

import model_server
import samples
import scene

client = Anthropic(base_url=model_server.serve(), api_key="none")
tools = [
    {"name": t["name"], "description": t["description"], "input_schema": t["parameters"]} for t in scene.TOOLS
]
messages = [{"role": "user", "content": scene.QUESTION}]
answers, events = [], []
while True:
    ask = {"model": "m", "max_tokens": 100, "messages": messages, "tools": tools}
    answer = client.messages.create(**ask)
    answers.append(answer.model_dump(mode="json"))
    events += [event.model_dump(mode="json") for event in client.messages.create(**ask, stream=True)]
    messages.append({"role": "assistant", "content": [b.model_dump(mode="json", exclude_none=True) for b in answer.content]})
    if answer.stop_reason != "tool_use":
        break
    results = []
    for block in answer.content:
        result, failed = scene.run(block.name, block.input)
        text = result if isinstance(result, str) else json.dumps(result)
        results.append({"type": "tool_result", "tool_use_id": block.id, "content": text,
                        **({"is_error": True} if failed else {})})
    messages.append({"role": "user", "content": results})
samples.write_json("messages.json", {"messages": messages})
samples.write_lines("answers.jsonl", answers)
samples.write_lines("events.jsonl", events)
scene.write_made()
