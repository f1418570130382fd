# The lab's environment, sourced by the programs in bin/. What a user has set stays.
# shellcheck shell=bash

LAB_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export LAB_ROOT
export LAB_CACHE=${LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/certificate-lab}
export PULUMI_HOME=${PULUMI_HOME:-$LAB_CACHE/pulumi-home}
export PULUMI_BACKEND_URL=${PULUMI_BACKEND_URL:-file://$LAB_ROOT/.lab/state}
export PULUMI_SKIP_UPDATE_CHECK=${PULUMI_SKIP_UPDATE_CHECK:-true}
# Most resources only wait: for a machine, for a pod, for the namespace that another one is creating.
export PULUMI_PARALLEL=${PULUMI_PARALLEL:-64}
# Where the dynamic bridge looks for a Terraform provider before it downloads one.
export PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR=${PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR:-$LAB_CACHE/terraform-providers}
if [[ -z ${PULUMI_CONFIG_PASSPHRASE+set} ]]; then
    export PULUMI_CONFIG_PASSPHRASE_FILE=${PULUMI_CONFIG_PASSPHRASE_FILE:-$LAB_ROOT/.lab/passphrase}
fi
PATH=$PULUMI_HOME/bin:$LAB_CACHE/node/bin:$LAB_CACHE/go/bin:$PATH
export PATH
