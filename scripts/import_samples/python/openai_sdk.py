"""openai: Chat Completions and Responses, whole and streamed."""

import json

from openai import OpenAI

import model_server
import samples
import scene

client = OpenAI(base_url=f"{model_server.serve()}/v1", api_key="none")
tools = [{"type": "function", "function": tool} for tool in scene.TOOLS]


def chat(stream: bool):
    messages = [{"role": "user", "content": scene.QUESTION}]
    answers = []
    while True:
        if stream:
            chunks = list(client.chat.completions.create(model="m", messages=messages, tools=tools, stream=True))
            answers += [chunk.model_dump(mode="json") for chunk in chunks]
        answer = client.chat.completions.create(model="m", messages=messages, tools=tools)
        if not stream:
            answers.append(answer.model_dump(mode="json"))
        message = answer.choices[0].message
        messages.append(message.model_dump(mode="json", exclude_none=True))
        if not message.tool_calls:
            return messages, answers
        for call in message.tool_calls:
            result, _ = scene.run(call.function.name, json.loads(call.function.arguments))
            content = result if isinstance(result, str) else json.dumps(result)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})


def responses(stream: bool):
    items = [{"role": "user", "content": scene.QUESTION}]
    answers = []
    flat = [{"type": "function", "strict": False, **tool} for tool in scene.TOOLS]
    while True:
        if stream:
            events = list(client.responses.create(model="m", input=items, tools=flat, stream=True))
            answers += [event.model_dump(mode="json") for event in events]
        answer = client.responses.create(model="m", input=items, tools=flat)
        if not stream:
            answers.append(answer.model_dump(mode="json"))
        items += [item.model_dump(mode="json", exclude_none=True) for item in answer.output]
        calls = [item for item in answer.output if item.type == "function_call"]
        if not calls:
            return items, answers
        for call in calls:
            result, _ = scene.run(call.name, json.loads(call.arguments))
            output = result if isinstance(result, str) else json.dumps(result)
            items.append({"type": "function_call_output", "call_id": call.call_id, "output": output})


messages, answers = chat(False)
samples.write_json("chat_messages.json", {"messages": messages})
samples.write_lines("chat_answers.jsonl", answers)
scene.write_made()
samples.write_lines("chat_chunks.jsonl", chat(True)[1])
items, answers = responses(False)
samples.write_json("responses_items.json", items)
samples.write_lines("responses_answers.jsonl", answers)
samples.write_lines("responses_events.jsonl", responses(True)[1])
