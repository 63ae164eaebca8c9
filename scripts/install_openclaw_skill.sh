#!/usr/bin/env bash
# Installs the skill for OpenClaw: [--target-dir DIR] [--policy FILE] [--force] [--json].
# An existing target is left alone without --force (status 2).
set -euo pipefail
source_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../examples/integrations/openclaw" && pwd)
target=${OPENCLAW_HOME:-$HOME/.openclaw}/skills/gait-gate
policy=$source_dir/policy_require_approval.yaml
force= json=
fail() { echo "install_openclaw_skill error: $1" >&2; exit "${2:-6}"; }
while [ $# -gt 0 ]; do
  case $1 in
    --target-dir | --policy)
      [ $# -ge 2 ] || fail "$1 needs a value"
      if [ "$1" = --policy ]; then policy=$2; else target=$2; fi
      shift 2
      ;;
    --force) force=1 && shift ;;
    --json) json=1 && shift ;;
    *) fail "unknown option $1" ;;
  esac
done
[ -f "$policy" ] || fail "there is no policy at $policy"
if [ -e "$target" ] && [ -z "$force" ]; then fail "$target exists; --force replaces it" 2; fi
policy=$(cd -- "$(dirname -- "$policy")" && pwd)/$(basename -- "$policy")
mkdir -p -- "$target"
cp -- "$source_dir/skill/gait_openclaw_gate.py" "$source_dir/skill/skill_manifest.json" "$target/"
python3 - "$target/skill_config.json" "$policy" <<'PYTHON'
import json, sys
path, policy = sys.argv[1:]
config = {"policy_path": policy, "adapter": "mcp", "key_mode": "dev", "identity": "openclaw-user", "risk_class": "high"}
with open(path, "w", encoding="utf-8") as file:
    file.write(json.dumps(config, indent=2) + "\n")
PYTHON
if [ -n "$json" ]; then
  python3 -c 'import json, sys; print(json.dumps({"ok": True, "target_dir": sys.argv[1], "policy_path": sys.argv[2]}))' "$target" "$policy"
else
  echo "installed: $target"
fi
