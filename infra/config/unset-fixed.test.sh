#!/usr/bin/env bash
# unset-fixed.sh takes the setting out of a stack's configuration however it is written, and leaves the rest.
set -euo pipefail

# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

# A project of its own, with the real Pulumi.
mkdir -p infra/config toolchain state
cp "$LAB_REPOSITORY/infra/config/unset-fixed.sh" infra/config/
cp "$LAB_REPOSITORY/toolchain/env.sh" toolchain/
cp "$LAB_REPOSITORY/Pulumi.yaml" .
export PULUMI_BACKEND_URL=file://$PWD/state PULUMI_CONFIG_PASSPHRASE=test
source toolchain/env.sh
pulumi stack init test 2>/dev/null

check() { # WHAT CONFIGURATION REST
    printf '%s\n' "$2" >Pulumi.test.yaml
    infra/config/unset-fixed.sh test
    assert_equal "$3" "$(cat Pulumi.test.yaml 2>/dev/null)" "$1"
}
salt=$(grep encryptionsalt Pulumi.test.yaml || true)
network="  certificate-lab:network: 192.168.77.0/24"

check "Pulumi's own form" "config:
  certificate-lab:fixed: \"true\"
$network" "config:
$network"
check "a boolean, last, with another stack's settings before" "config:
$network
  certificate-lab:fixed: true" "config:
$network"
check "alone" 'config:
  certificate-lab:fixed: "true"' "{}"
check "in quotes, indented by four" "# mine
config:
    \"certificate-lab:fixed\": 'true' # solved
  $network" "# mine
config:
$network"
check "in one line" "config: {certificate-lab:fixed: true, certificate-lab:network: 192.168.77.0/24}" \
    "config: {'certificate-lab:network': 192.168.77.0/24}"
check "a secret" "${salt:+$salt
}config:
  certificate-lab:fixed:
    secure: v1:Vt0k59uqVKcTHcN5:Q4FEYg6OQFQ9Lqzbftuy4n+6Ffw=
$network" "${salt:+$salt
}config:
$network"
check "not set" "config:
$network" "config:
$network"

rm Pulumi.test.yaml
infra/config/unset-fixed.sh test
[[ ! -e Pulumi.test.yaml ]] || fail "a configuration came from nowhere: $(<Pulumi.test.yaml)"
