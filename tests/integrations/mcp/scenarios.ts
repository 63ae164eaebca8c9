/** A request of a scripted client. */
export interface Step {
  readonly method: string;
  readonly params?: Record<string, unknown>;
  /** Call the tool as a task. */
  readonly task?: true;
  /** Ask for progress. */
  readonly progress?: true;
}

/** A server and what is asked of it. */
export interface Scenario {
  readonly name: string;
  /** Its command; `node:<path>` is a file of the npm packages. */
  readonly command: (folder: string) => readonly string[];
  /** Variables that the server needs. */
  readonly env?: (folder: string) => Record<string, string>;
  readonly steps: (folder: string) => readonly Step[];
  /** The client has no capabilities. */
  readonly bare?: true;
  /** What its command also gets to listen on the port in PORT, where it can. */
  readonly listens?: readonly string[];
  /** Make the folder that the server works on. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** Number of tools that the server has, for each kind of client. */
  readonly tools: Partial<Record<"sdk1" | "sdk2" | "python", number>>;
}

const call = (name: string, args: Record<string, unknown> = {}): Step => ({
  method: "tools/call",
  params: { name, arguments: args },
});

const LISTS = [
  "tools/list",
  "resources/list",
  "resources/templates/list",
  "prompts/list",
]
  .map((method) => ({ method }));

const everything = "node:@modelcontextprotocol/server-everything/dist/index.js";

const PLAIN_TOOLS: readonly Step[] = [
  call("echo", { message: "Grüße \u2028 \ud83d\ude00 9007199254740993" }),
  call("echo", {}),
  call("get-annotated-message", { messageType: "error", includeImage: true }),
  call("get-env"),
  call("get-resource-links", { count: 3 }),
  call("get-resource-reference", { resourceType: "Text", resourceId: 1 }),
  call("get-structured-content", { location: "New York" }),
  call("get-sum", { a: 0.1, b: -2 }),
  call("get-tiny-image"),
  call("gzip-file-as-resource", {
    name: "x.gz",
    data: "data:text/plain,hello",
    outputType: "resource",
  }),
  call("toggle-simulated-logging"),
  call("toggle-simulated-logging"),
  call("toggle-subscriber-updates"),
  call("toggle-subscriber-updates"),
  {
    ...call("trigger-long-running-operation", { duration: 0.4, steps: 2 }),
    progress: true,
  },
];

const CLIENT_TOOLS: readonly Step[] = [
  call("get-roots-list"),
  call("trigger-elicitation-request"),
  call("trigger-url-elicitation", {
    url: "https://example.test/",
    elicitationId: "e1",
  }),
  call("trigger-sampling-request", { prompt: "Say it", maxTokens: 10 }),
];

const TASK_TOOLS: readonly Step[] = [
  { ...call("simulate-research-query", { topic: "bees" }), task: true },
  call("trigger-sampling-request-async", { prompt: "Say it", maxTokens: 10 }),
  call("trigger-elicitation-request-async"),
];

const READS: readonly Step[] = [
  {
    method: "resources/read",
    params: { uri: "demo://resource/static/document/architecture.md" },
  },
  {
    method: "resources/read",
    params: { uri: "demo://resource/dynamic/text/1" },
  },
  { method: "resources/read", params: { uri: "demo://nowhere" } },
  { method: "prompts/get", params: { name: "simple-prompt" } },
  {
    method: "prompts/get",
    params: { name: "args-prompt", arguments: { city: "Ulm", state: "BW" } },
  },
];

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "everything, with all tools",
    command: () => ["node", everything],
    listens: ["streamableHttp"],
    steps: () => [
      ...LISTS,
      ...PLAIN_TOOLS,
      ...CLIENT_TOOLS,
      ...TASK_TOOLS,
      ...READS,
    ],
    tools: { sdk1: 19 },
  },
  {
    name: "everything, without tasks",
    command: () => ["node", everything],
    listens: ["streamableHttp"],
    steps: () => [...LISTS, ...PLAIN_TOOLS, ...CLIENT_TOOLS, ...READS],
    tools: { sdk2: 17, python: 17 },
  },
  {
    name: "everything, for a client without capabilities",
    command: () => ["node", everything],
    listens: ["streamableHttp"],
    bare: true,
    steps: () => [...LISTS, ...PLAIN_TOOLS],
    tools: { sdk1: 13, sdk2: 13 },
  },
  {
    name: "filesystem",
    command: (
      folder,
    ) => [
      "node",
      "node:@modelcontextprotocol/server-filesystem/dist/index.js",
      folder,
    ],
    bare: true,
    async prepare(folder) {
      await Deno.mkdir(`${folder}/sub`);
      await Deno.writeTextFile(`${folder}/a.txt`, "one\ntwo\nthree\n");
      await Deno.writeTextFile(`${folder}/sub/b.txt`, "b");
      await Deno.writeFile(
        `${folder}/c.png`,
        new Uint8Array([0x89, 0x50, 0x4e, 0x47]),
      );
    },
    steps: (folder) => [
      { method: "tools/list" },
      call("list_allowed_directories"),
      call("read_file", { path: `${folder}/a.txt` }),
      call("read_text_file", { path: `${folder}/a.txt`, head: 2 }),
      call("read_media_file", { path: `${folder}/c.png` }),
      call("read_multiple_files", {
        paths: [`${folder}/a.txt`, `${folder}/nowhere`],
      }),
      call("write_file", { path: `${folder}/d.txt`, content: "written" }),
      call("edit_file", {
        path: `${folder}/a.txt`,
        edits: [{ oldText: "two", newText: "2" }],
      }),
      call("create_directory", { path: `${folder}/new/deep` }),
      call("list_directory", { path: folder }),
      call("list_directory_with_sizes", { path: folder }),
      call("directory_tree", { path: folder }),
      call("move_file", {
        source: `${folder}/d.txt`,
        destination: `${folder}/e.txt`,
      }),
      call("search_files", { path: folder, pattern: "**/*.txt" }),
      call("get_file_info", { path: `${folder}/e.txt` }),
      call("read_file", { path: "/etc/hostname" }),
    ],
    tools: { sdk1: 14, sdk2: 14, python: 14 },
  },
  {
    name: "memory",
    command: () => ["node", "node:@modelcontextprotocol/server-memory/dist/index.js"],
    env: (folder) => ({ MEMORY_FILE_PATH: `${folder}/memory.jsonl` }),
    bare: true,
    steps: () => [
      { method: "tools/list" },
      call("create_entities", {
        entities: [
          { name: "Ana", entityType: "person", observations: ["likes tea"] },
          { name: "Ulm", entityType: "city", observations: [] },
        ],
      }),
      call("create_relations", {
        relations: [{ from: "Ana", to: "Ulm", relationType: "lives in" }],
      }),
      call("add_observations", {
        observations: [{ entityName: "Ulm", contents: ["is on the Danube"] }],
      }),
      call("search_nodes", { query: "tea" }),
      call("open_nodes", { names: ["Ulm"] }),
      call("delete_observations", {
        deletions: [{ entityName: "Ana", observations: ["likes tea"] }],
      }),
      call("delete_relations", {
        relations: [{ from: "Ana", to: "Ulm", relationType: "lives in" }],
      }),
      call("delete_entities", { entityNames: ["Ana"] }),
      call("read_graph"),
    ],
    tools: { sdk1: 9, sdk2: 9, python: 9 },
  },
  {
    name: "git",
    command: (
      folder,
    ) => ["python3", "-m", "mcp_server_git", "--repository", folder],
    env: () => GIT,
    bare: true,
    async prepare(folder) {
      await Deno.writeTextFile(`${folder}/a.txt`, "one\n");
      for (
        const args of [["init", "-q", "-b", "main"], ["add", "."], [
          "commit",
          "-q",
          "-m",
          "first",
        ]]
      ) {
        const { success } = await new Deno.Command("git", {
          args,
          cwd: folder,
          env: GIT,
        }).output();
        if (!success) throw new Error(`git ${args[0]} failed`);
      }
      await Deno.writeTextFile(`${folder}/a.txt`, "two\n");
    },
    steps: (folder) => [
      { method: "tools/list" },
      call("git_status", { repo_path: folder }),
      call("git_diff_unstaged", { repo_path: folder }),
      call("git_add", { repo_path: folder, files: ["a.txt"] }),
      call("git_diff_staged", { repo_path: folder }),
      call("git_commit", { repo_path: folder, message: "second" }),
      call("git_log", { repo_path: folder, max_count: 2 }),
      call("git_create_branch", { repo_path: folder, branch_name: "work" }),
      call("git_checkout", { repo_path: folder, branch_name: "work" }),
      call("git_branch", { repo_path: folder, branch_type: "local" }),
      call("git_show", { repo_path: folder, revision: "HEAD" }),
      call("git_status", { repo_path: "/nowhere" }),
    ],
    tools: { sdk1: 12, sdk2: 12, python: 12 },
  },
  {
    name: "time",
    command: () => ["python3", "-m", "mcp_server_time", "--local-timezone", "UTC"],
    bare: true,
    steps: () => [
      { method: "tools/list" },
      call("get_current_time", { timezone: "UTC" }),
      call("convert_time", {
        source_timezone: "UTC",
        time: "12:00",
        target_timezone: "Asia/Tokyo",
      }),
      call("convert_time", {
        source_timezone: "UTC",
        time: "noon",
        target_timezone: "Asia/Tokyo",
      }),
    ],
    tools: { sdk1: 2, sdk2: 2, python: 2 },
  },
  {
    name: "a server of the stateless revision",
    command: () => ["node", "here:modern_server.mjs", "packages:"],
    steps: () => [
      { method: "tools/list" },
      call("add", { a: 1, b: 2 }),
      call("add", { a: "x" }),
      call("fail"),
      { method: "resources/list" },
      { method: "resources/read", params: { uri: "note:///one" } },
      { method: "prompts/list" },
      {
        method: "prompts/get",
        params: { name: "greet", arguments: { name: "Ana" } },
      },
    ],
    tools: { sdk1: 2, sdk2: 2, python: 2 },
  },
];

/** So that commits have the same ids every time. */
const GIT = {
  GIT_AUTHOR_NAME: "Ana",
  GIT_AUTHOR_EMAIL: "ana@example.test",
  GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "Ana",
  GIT_COMMITTER_EMAIL: "ana@example.test",
  GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
  GIT_CONFIG_GLOBAL: "/dev/null",
};
