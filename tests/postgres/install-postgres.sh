#!/usr/bin/env bash
# Debian's PostgreSQL for the tests of Dagster's run storage, where there is none yet. No cluster is made or started.
set -euo pipefail
if compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null; then
    exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
echo "create_main_cluster = false" | "${as_root[@]}" tee /etc/postgresql-common/createcluster.d/none.conf >/dev/null
"${as_root[@]}" apt-get install -y -qq --no-install-recommends postgresql
