"""mistralai and groq: messages and answers of their own clients."""

import json
import sys

import model_server
import samples
import scene

address = model_server.serve()
tools = [{"type": "function", "function": tool} for tool in scene.TOOLS]
if sys.argv[1] == "mistral":
    try:
        from mistralai import Mistral
    except ImportError:
        from mistralai.client import Mistral

    complete = Mistral(api_key="none", server_url=address).chat.complete
else:
    from groq import Groq

    complete = Groq(api_key="none", base_url=address).chat.completions.create
messages = [{"role": "user", "content": scene.QUESTION}]
answers = []
while True:
    answer = complete(model="m", messages=messages, tools=tools)
    answers.append(answer.model_dump(mode="json"))
    message = answer.choices[0].message
    messages.append(message.model_dump(mode="json", exclude_none=True))
    if not message.tool_calls:
        break
    for call in message.tool_calls:
        args = call.function.arguments
        result, _ = scene.run(call.function.name, json.loads(args) if isinstance(args, str) else args)
        content = result if isinstance(result, str) else json.dumps(result)
        messages.append({"role": "tool", "tool_call_id": call.id, "name": call.function.name, "content": content})
samples.write_json("messages.json", messages)
samples.write_lines("answers.jsonl", answers)
scene.write_made()
