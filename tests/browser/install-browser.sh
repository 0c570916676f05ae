#!/usr/bin/env bash
# Debian's Chromium for the browser tests, where there is none yet. Playwright's own download is not used.
set -euo pipefail
if command -v chromium >/dev/null; then
    exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends chromium
