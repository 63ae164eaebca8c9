"""google-genai: contents and answers."""

from google import genai
from google.genai import types

import model_server
import samples
import scene

client = genai.Client(api_key="none", http_options=types.HttpOptions(base_url=model_server.serve()))
tools = [types.Tool(function_declarations=[
    types.FunctionDeclaration(name=t["name"], description=t["description"], parameters_json_schema=t["parameters"])
    for t in scene.TOOLS
])]
config = types.GenerateContentConfig(
    tools=tools, automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True)
)
contents = [types.Content(role="user", parts=[types.Part(text=scene.QUESTION)])]
answers = []
while True:
    answer = client.models.generate_content(model="m", contents=contents, config=config)
    answers.append(answer)
    contents.append(answer.candidates[0].content)
    if not answer.function_calls:
        break
    parts = []
    for call in answer.function_calls:
        result, failed = scene.run(call.name, call.args)
        part = types.Part.from_function_response(name=call.name, response={"error" if failed else "result": result})
        part.function_response.id = call.id
        parts.append(part)
    contents.append(types.Content(role="user", parts=parts))
# The SDK writes snake_case by default and camelCase, as the API does, by alias.
samples.write_json("contents.json", {"contents": [c.model_dump(mode="json", exclude_none=True) for c in contents]})
samples.write_json("contents_by_alias.json", [c.model_dump(mode="json", exclude_none=True, by_alias=True) for c in contents])
samples.write_lines("answers.jsonl", [a.model_dump(mode="json", exclude_none=True) for a in answers])
samples.write("answers_by_alias.jsonl", "".join(a.model_dump_json(by_alias=True) + "\n" for a in answers))
scene.write_made()
