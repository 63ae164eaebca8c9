#!/usr/bin/env bash
# Make the samples of testdata/import anew: run each library, as pinned below, against a scripted model on loopback.
#
#   bash scripts/import_samples/make.sh [environment...]     # all of them without a name
#
# Python 3.11 and 3.12, Node 20 and the usual registries are needed; everything is installed into .cache/samples.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$root/.cache/samples
out=$root/testdata/import
mkdir -p "$cache"
export PYTHONDONTWRITEBYTECODE=1 CREWAI_TRACING_ENABLED=false AI_SDK_LOG_WARNINGS=false
cd "$here/python"

python_of() { # the interpreter of an environment, installed as its requirements say
  local name=$1 version=3.12
  [ "$name" = autogen02 ] && version=3.11
  if [ ! -x "$cache/$name/bin/python" ]; then
    "python$version" -m venv "$cache/$name"
    "$cache/$name/bin/python" -m pip install -q -r "$here/requirements/$name.txt" >&2
  fi
  echo "$cache/$name/bin/python"
}

sample() { # environment, script, package that names the folder, arguments
  local python version
  python=$(python_of "$1")
  version=$("$python" -c "import importlib.metadata as m; print(m.version('$3'))")
  export SAMPLES=$out/$3-$version
  rm -rf "$SAMPLES" && mkdir -p "$SAMPLES"
  echo "$3 $version"
  "$python" "$2" "${@:4}"
}

also() { # another script of an environment, which adds to the samples of a package
  local python version
  python=$(python_of "$1")
  version=$("$python" -c "import importlib.metadata as m; print(m.version('$3'))")
  SAMPLES=$out/$3-$version "$python" "$2"
}

sample_node() { # script, package
  local version
  version=$(node -p "require('$cache/node/node_modules/$2/package.json').version")
  export SAMPLES=$out/$(echo "$2" | tr -d @ | tr / -)-js-$version
  rm -rf "$SAMPLES" && mkdir -p "$SAMPLES"
  echo "$2 $version"
  node "$cache/node/$1"
}

models() {
  sample models openai_sdk.py openai
  sample models anthropic_sdk.py anthropic
  sample models google_genai.py google-genai
  also models gemini_live.py google-genai
  also models gemini_interactions.py google-genai
  sample models mistral_groq.py mistralai mistral
  sample models mistral_groq.py groq groq
  sample models bedrock.py boto3
  also models bedrock_agents.py boto3
  sample models cohere_chat.py cohere
  sample models mcp_log.py mcp
}

lang() {
  sample lang langchain_graph.py langchain plain
  sample lang langchain_graph.py openinference-instrumentation-langchain openinference
  sample lang langchain_graph.py opentelemetry-instrumentation-langchain traceloop
  sample lang langchain_graph.py langsmith langsmith
  sample lang langchain_graph.py langfuse langfuse
  sample lang openai_traces.py openinference-instrumentation-openai openinference
  sample lang openai_traces.py opentelemetry-instrumentation-openai traceloop
}

agents() {
  sample agents openai_agents.py openai-agents
  sample agents pydantic_ai_agent.py pydantic-ai-slim
}

logfire() { sample logfire logfire_spans.py logfire; }
autogen() { sample autogen autogen_4.py autogen-agentchat; }
autogen02() { sample autogen02 autogen_2.py autogen-agentchat; }
crewai() { sample crewai crewai_crew.py crewai; }
adk() { sample adk adk_agent.py google-adk; }
strands() { sample strands strands_agent.py strands-agents; }

phoenix() { # exports the spans of the sample of OpenInference
  SPANS=$(ls "$out"/openinference-instrumentation-langchain-*/traces.json)
  export SPANS
  sample phoenix phoenix_export.py arize-phoenix
}

frameworks() {
  HAYSTACK_TELEMETRY_ENABLED=False sample frameworks haystack_agent.py haystack-ai
  sample frameworks llama_index_agent.py llama-index-core
  sample frameworks smolagents_agent.py smolagents
}

chats() {
  sample chats camel_agent.py camel-ai
  sample chats semantic_kernel_chat.py semantic-kernel
}

promptfoo() { # runs no tools: what a model answered is all that it keeps
  local folder=$cache/promptfoo version
  mkdir -p "$folder"
  cp "$here"/node/promptfoo/* "$folder/"
  [ -d "$folder/node_modules" ] || (cd "$folder" && npm install --silent --no-package-lock promptfoo@0.121.20)
  version=$(node -p "JSON.parse(fs.readFileSync('$folder/node_modules/promptfoo/package.json')).version")
  export SAMPLES=$out/promptfoo-js-$version
  rm -rf "$SAMPLES" && mkdir -p "$SAMPLES"
  (cd "$folder" && PROMPTFOO_DISABLE_TELEMETRY=1 PROMPTFOO_DISABLE_UPDATE=1 PROMPTFOO_CONFIG_DIR="$folder/config" \
    node_modules/.bin/promptfoo eval --no-progress-bar --no-table --no-share \
    -o "$SAMPLES/results.csv" -o "$SAMPLES/results.json" -o "$SAMPLES/results.jsonl" -o "$SAMPLES/results.yaml") >&2
  sed -i 's#"/[^"]*/results\.#"results.#; s#- /[^ ]*/results\.#- results.#' "$SAMPLES/results.json" "$SAMPLES/results.yaml"
  cp "$out"/crewai-*/made.json "$SAMPLES/"
}

node_() {
  mkdir -p "$cache/node"
  cp "$here"/node/* "$cache/node/"
  [ -d "$cache/node/node_modules" ] || (cd "$cache/node" && npm install --silent --no-package-lock)
  MODEL_PYTHON=$(python_of models)
  export MODEL_PYTHON
  sample_node ai.mjs ai
  sample_node openai_agents.mjs @openai/agents
}

for name in ${*:-models lang agents logfire autogen autogen02 crewai adk strands phoenix frameworks chats promptfoo node_}; do "$name"; done
