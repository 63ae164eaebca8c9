/** A configuration that passes `gait doctor --production-readiness`; it names no key, because none exists yet. */
export const CONFIG_TEMPLATE = `# Settings of Gait for production; docs/production.md explains each.
gate:
  policy: .gait.yaml
  profile: oss-prod
  key_mode: prod
  # The signing key: the name of a variable that holds it, or a file that only you can read.
  # private_key_env: GAIT_PRIVATE_KEY
mcp_serve:
  enabled: false
# How long evidence is kept.
retention:
  trace_ttl: 168h
  session_ttl: 336h
  export_ttl: 168h
`;
