#!/bin/sh
# Gives the package of a release to npm: publish_npm.sh <file> [--dry-run]. A version before a release becomes `next`,
# so that nobody installs it who did not ask for it. Trusted publishing needs an npm from 11.5.1 on.
set -eu
file=$1
shift
case ${file##*/} in
  gait-gait-*-*.tgz) tag=next ;;
  gait-gait-*.tgz) tag=latest ;;
  *)
    echo "publish_npm: $file is not a package of Gait" >&2
    exit 2
    ;;
esac
# A path that begins with neither a slash nor a dot could mean a repository on GitHub.
case $file in
  /* | ./*) ;;
  *) file=./$file ;;
esac
exec npx -y npm@11.6.2 publish "$file" --access public --tag "$tag" "$@"
