"""autogen 0.2: the chat history of two agents."""

import model_server
import samples
import scene
from autogen import AssistantAgent, UserProxyAgent, register_function

config = {"config_list": [{"model": "m", "api_key": "none", "base_url": f"{model_server.serve()}/v1", "price": [0, 0]}],
          "cache_seed": None}
agent = AssistantAgent("refunds", system_message=scene.INSTRUCTIONS, llm_config=config)
user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False, max_consecutive_auto_reply=4,
                      is_termination_msg=lambda m: m.get("content") == scene.FINAL)
for function in (scene.lookup_order, scene.pay):
    register_function(function, caller=agent, executor=user, description=function.__doc__)
result = user.initiate_chat(agent, message=scene.QUESTION, silent=True)
samples.write_json("chat_history.json", result.chat_history)
samples.write_json("chat_messages.json", {"messages": agent.chat_messages[user]})
scene.write_made()
