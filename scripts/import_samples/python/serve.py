"""The model server as a process, for programs that are not Python: it ends with its standard input, whose text
names the traces to write."""

import sys

import model_server
import traces

print(model_server.serve(), flush=True)
name = sys.stdin.read().strip()
if name:
    traces.write_traces(name)
