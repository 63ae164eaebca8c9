"""boto3: Converse of Bedrock."""

import boto3

import model_server
import samples
import scene

client = boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url=model_server.serve(),
                      aws_access_key_id="none", aws_secret_access_key="none")
tools = [{"toolSpec": {"name": t["name"], "description": t["description"], "inputSchema": {"json": t["parameters"]}}}
         for t in scene.TOOLS]
messages = [{"role": "user", "content": [{"text": scene.QUESTION}]}]
answers = []
while True:
    answer = client.converse(modelId="m", messages=messages, toolConfig={"tools": tools})
    answer["ResponseMetadata"] = {"HTTPStatusCode": answer["ResponseMetadata"]["HTTPStatusCode"], "RetryAttempts": 0}
    answers.append(answer)
    message = answer["output"]["message"]
    messages.append(message)
    if answer["stopReason"] != "tool_use":
        break
    results = []
    for block in message["content"]:
        use = block["toolUse"]
        result, failed = scene.run(use["name"], use["input"])
        content = [{"text": result}] if failed else [{"json": result}]
        results.append({"toolResult": {"toolUseId": use["toolUseId"], "content": content,
                                       "status": "error" if failed else "success"}})
    messages.append({"role": "user", "content": results})
samples.write_json("messages.json", {"messages": messages})
samples.write_lines("answers.jsonl", answers)
scene.write_made()
