/*
 * A client of the TypeScript SDK, of the first or the second generation: runs a script of requests against a server
 * and prints what came back as one JSON document. What it prints must not depend on what stands between it and the
 * server.
 *
 * node sdk_client.mjs <folder of the packages> '{"generation": 1, "command": [...], "steps": [...]}'
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [packages, json] = process.argv.slice(2);
const { generation, command, cwd, env, url, mode, steps, bare } = JSON.parse(
  json,
);
const load = (name) =>
  import(
    pathToFileURL(createRequire(`${packages}/package.json`).resolve(name))
  );

/** What the model of the client says, and what its user answers. */
const SAMPLED = {
  role: "assistant",
  model: "scripted",
  content: { type: "text", text: "sampled" },
  stopReason: "endTurn",
};
const ANSWERED = { action: "accept", content: { name: "Ana", check: true } };

const capabilities = bare ? {} : {
  sampling: {},
  elicitation: { form: {}, url: {} },
  roots: { listChanged: true },
  ...(generation === 1
    ? {
      tasks: {
        list: {},
        cancel: {},
        requests: {
          sampling: { createMessage: {} },
          elicitation: { create: {} },
        },
      },
    }
    : {}),
};

const info = { name: "scripted", version: "1.0.0" };
const { client, transport } = generation === 1 ? await firstGeneration() : await secondGeneration();
const notifications = [];
client.fallbackNotificationHandler = ({ method, params }) => {
  notifications.push({ method, params });
  return Promise.resolve();
};
const transcript = { steps: [] };
await client.connect(transport);
transcript.server = client.getServerVersion();
transcript.capabilities = client.getServerCapabilities();
transcript.instructions = client.getInstructions?.();
for (const step of steps) transcript.steps.push(await run(step));
await client.close();
// Their order among results is not fixed, and how many of a running log came in time isn't either.
transcript.notifications = notifications.filter(({ method }) => method !== "notifications/message")
  .map((one) => JSON.stringify(one)).sort();
console.log(JSON.stringify(transcript));
process.exit(0);

async function run({ method, params = {}, task, progress }) {
  try {
    if (task) return await runTask(params);
    switch (method) {
      case "tools/list":
        return await all("listTools", "tools");
      case "resources/list":
        return await all("listResources", "resources");
      case "resources/templates/list":
        return await all("listResourceTemplates", "resourceTemplates");
      case "prompts/list":
        return await all("listPrompts", "prompts");
      case "tools/call": {
        const seen = [];
        const options = progress ? { onprogress: (one) => seen.push(one) } : {};
        const result = generation === 1
          ? await client.callTool(params, undefined, options)
          : await client.callTool(params, options);
        // The last one may come with the result, and then the SDK drops it.
        return progress ? { result, progress: seen.filter((one) => one.progress < one.total) } : result;
      }
      case "resources/read":
        return await client.readResource(params);
      case "prompts/get":
        return await client.getPrompt(params);
      case "completion/complete":
        return await client.complete(params);
      case "ping":
        return await client.ping();
    }
    throw new Error(`unknown step ${method}`);
  } catch (error) {
    return { error: { code: error.code, message: String(error.message) } };
  }
}

async function all(list, member) {
  const found = [];
  let cursor;
  do {
    const page = await client[list](
      cursor === undefined ? undefined : { cursor },
    );
    found.push(...page[member]);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

async function runTask(params) {
  const seen = [];
  for await (
    const message of client.experimental.tasks.callToolStream(
      params,
      undefined,
      { task: { ttl: 60000 } },
    )
  ) {
    // How often a status is seen depends on the clock.
    if (message.type !== "taskStatus") seen.push(message);
  }
  return seen;
}

async function firstGeneration() {
  const { Client } = await load("@modelcontextprotocol/sdk/client/index.js");
  const types = await load("@modelcontextprotocol/sdk/types.js");
  const { InMemoryTaskStore } = await load(
    "@modelcontextprotocol/sdk/experimental/tasks/stores/in-memory.js",
  );
  const client = new Client(info, {
    capabilities,
    ...(bare ? {} : { taskStore: new InMemoryTaskStore() }),
  });
  if (!bare) {
    const answerWith = (answer) => async (request, extra) => {
      if (!request.params?.task) return answer;
      const task = await extra.taskStore.createTask({
        ttl: 60000,
        pollInterval: 50,
      });
      await extra.taskStore.storeTaskResult(task.taskId, "completed", answer);
      return { task };
    };
    client.setRequestHandler(
      types.CreateMessageRequestSchema,
      answerWith(SAMPLED),
    );
    client.setRequestHandler(types.ElicitRequestSchema, answerWith(ANSWERED));
    client.setRequestHandler(
      types.ListRootsRequestSchema,
      () => Promise.resolve({ roots: [{ uri: "file:///r", name: "r" }] }),
    );
  }
  if (url) {
    const { StreamableHTTPClientTransport } = await load(
      "@modelcontextprotocol/sdk/client/streamableHttp.js",
    );
    return {
      client,
      transport: new StreamableHTTPClientTransport(new URL(url)),
    };
  }
  const { StdioClientTransport } = await load(
    "@modelcontextprotocol/sdk/client/stdio.js",
  );
  return { client, transport: stdio(StdioClientTransport) };
}

async function secondGeneration() {
  const { Client, StreamableHTTPClientTransport } = await load(
    "@modelcontextprotocol/client",
  );
  const client = new Client(info, {
    capabilities,
    versionNegotiation: { mode: mode ?? "auto" },
  });
  if (!bare) {
    client.setRequestHandler("sampling/createMessage", () => Promise.resolve(SAMPLED));
    client.setRequestHandler("elicitation/create", () => Promise.resolve(ANSWERED));
    client.setRequestHandler(
      "roots/list",
      () => Promise.resolve({ roots: [{ uri: "file:///r", name: "r" }] }),
    );
  }
  if (url) {
    return {
      client,
      transport: new StreamableHTTPClientTransport(new URL(url)),
    };
  }
  const { StdioClientTransport } = await load(
    "@modelcontextprotocol/client/stdio",
  );
  return { client, transport: stdio(StdioClientTransport) };
}

function stdio(Transport) {
  const [program, ...args] = command;
  return new Transport({
    command: program,
    args,
    cwd,
    env: { ...process.env, ...env },
    stderr: "inherit",
  });
}
