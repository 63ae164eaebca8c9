"""semantic-kernel: a chat history, serialised and as dictionaries."""

import asyncio

import model_server
import samples
import scene
from openai import AsyncOpenAI
from semantic_kernel import Kernel
from semantic_kernel.connectors.ai.function_choice_behavior import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion, OpenAIChatPromptExecutionSettings
from semantic_kernel.contents import ChatHistory
from semantic_kernel.functions import kernel_function


class Bank:
    """The tools, whose functions the library calls by the name of their plugin too."""

    @kernel_function(name="lookup_order", description="Look an order up.")
    def lookup_order(self, order: str) -> dict:
        return scene.lookup_order(order)

    @kernel_function(name="pay", description="Pay out money.")
    def pay(self, cents: int, to: str) -> dict:
        return scene.pay(cents, to)


async def main():
    kernel = Kernel()
    client = AsyncOpenAI(base_url=f"{model_server.serve()}/v1", api_key="none")
    service = OpenAIChatCompletion(ai_model_id="m", async_client=client)
    kernel.add_service(service)
    kernel.add_plugin(Bank(), "bank")
    history = ChatHistory(system_message=scene.INSTRUCTIONS)
    history.add_user_message(scene.QUESTION)
    settings = OpenAIChatPromptExecutionSettings(function_choice_behavior=FunctionChoiceBehavior.Auto())
    answer = await service.get_chat_message_content(history, settings, kernel=kernel)
    history.add_message(answer)
    samples.write("history.json", history.serialize())
    samples.write_json("messages.json", [message.to_dict() for message in history.messages])


asyncio.run(main())
scene.write_made()
