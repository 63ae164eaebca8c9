import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, ToolMessage } from "@langchain/core/messages";

/** A model that calls tools as scripted, then says "done". */
export class Scripted extends BaseChatModel {
  constructor(calls) {
    super({});
    this.calls = calls;
  }
  _llmType() {
    return "scripted";
  }
  bindTools() {
    return this;
  }
  async _generate(messages) {
    const done = messages.filter((one) => ToolMessage.isInstance?.(one) ?? one.getType() === "tool").length;
    const next = this.calls[done];
    const message = new AIMessage(
      next
        ? { content: "", tool_calls: [{ id: `c${done}`, name: next[0], args: next[1] }] }
        : { content: "done" },
    );
    return { generations: [{ text: "", message }] };
  }
}
