import assert from "node:assert/strict";
import fc from "fast-check";
import { runsCode } from "./runs_code.ts";

const RUNS = [
  "bash sh zsh ssh eval exec terminal python python3 node code_interpreter kubectl powershell pwsh cmd cmd.exe",
  "mcp.shell.bash tools/bash mcp__shell__bash mcp__term__run_in_terminal shell.run python.execute bash_20250124",
  "code_execution code_execution_20250522 execute_command run_command run_terminal_cmd run_python exec_python",
  "local_shell python_repl ipython_cell node_repl browser_eval_js repo:bash agent\\sh sudo docker local.python3",
  "bash@1 bash;x (bash) bash+x ba\u200bsh ba\u00adsh \uff42ash python3.11 node.js remote_exec k8s_exec process.spawn",
  "execute run_program execute_cell notebook_execute busybox fish mcp__x__bash@2",
  "execute_bash bashtool runcode subprocess.run python_tool ssh-exec",
  // As the intent has them: runInTerminal, and so on.
  "runinterminal runshellcommand executebash shellexec mcp__x__runbash executepythoncode vscode.runterminalcmd",
  "evalcode codeinterpreter runjs execinshell remoteexec sshexec invokecommand pythonrepl runcell runprogram2",
  "start_process startprocess child_process spawnprocess interact_with_process write_stdin terminal_send_keys",
  "browser_evaluate puppeteer_evaluate os.system exec_sync child.execsync uvx mcp__x__execve rundll32",
  "exec_in_pod execute_in_container sandbox_run call_aws ssm_send_command run_binary",
].join(" ").split(" ");

const HARMLESS = [
  "fs.read fs.delete docs.search mail.send ledger.post get_node tree.node.list airport.terminal.info a.b",
  "model.eval.list prune fs.format db.purge voice.commitment.refund search_code code.review script.list",
  "publish.post finish refresh wash_car crash_report user.push bashful shelly python_docs cmdb.read tool.read",
  "script http.get command_center.status run_report execute_trade runreport codereview execution_report",
  "runonline remotefile inline scriptline makefile process.list business_process get_page open_browser",
  "system.status evaluate_model send_mail start_job terminals nodelist commandcenter",
].join(" ").split(" ");

Deno.test("runsCode() knows shells, interpreters and the like, in every name space", () => {
  for (const tool of RUNS) assert(runsCode(tool), tool);
  for (const tool of ["bash", "kubectl", "python3", "code_interpreter", "powershell"]) {
    for (const name of [`mcp.x.${tool}`, `tools/${tool}`, `mcp__x__${tool}`, `a:${tool}`, `x\\${tool}`]) {
      assert(runsCode(name), name);
    }
  }
});

Deno.test("runsCode() takes no word for another one that has it inside", () => {
  for (const tool of HARMLESS) assert(!runsCode(tool), tool);
});

Deno.test("runsCode() ends immediately, whatever the name", () => {
  for (const unit of ["_", ".", "sh_", "python.", "\u3164", "1"]) {
    assert(runsCode(unit.repeat(1 << 20)));
    assert.equal(typeof runsCode(unit.repeat(200)), "boolean");
  }
  fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => {
    assert(runsCode(`${name}.bash`) && runsCode(`${name}/sh`));
  }));
});
