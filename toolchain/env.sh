# The lab's environment, sourced by the programs in bin/. Variables that the user has set stay.
# shellcheck shell=bash

LAB_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export LAB_ROOT
export LAB_CACHE=${LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/certificate-lab}
export PULUMI_HOME=${PULUMI_HOME:-$LAB_CACHE/pulumi-home}
export PULUMI_SKIP_UPDATE_CHECK=${PULUMI_SKIP_UPDATE_CHECK:-true}
# Most resources only wait for a machine, a pod or a namespace.
export PULUMI_PARALLEL=${PULUMI_PARALLEL:-64}
# Where the dynamic bridge looks for a Terraform provider before it downloads one.
export PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR=${PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR:-$LAB_CACHE/terraform-providers}
# A Pulumi that `make setup` did not install keeps its backend, passphrase and plugins.
if [[ -e $PULUMI_HOME/lab-source ]]; then
    export PULUMI_BACKEND_URL=${PULUMI_BACKEND_URL:-file://$LAB_ROOT/.lab/state}
    if [[ -z ${PULUMI_CONFIG_PASSPHRASE+set} ]]; then
        export PULUMI_CONFIG_PASSPHRASE_FILE=${PULUMI_CONFIG_PASSPHRASE_FILE:-$LAB_ROOT/.lab/passphrase}
    fi
    # The plugins of offline/ are complete, and a download would wait for an unreachable site.
    if [[ $(<"$PULUMI_HOME/lab-source") == modules ]]; then
        export PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=${PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION:-true}
    fi
fi
PATH=$PULUMI_HOME/bin:$LAB_CACHE/node/bin:$LAB_CACHE/go/bin:$PATH
# An ordinary user's PATH on Debian lacks chroot, mke2fs and ip.
[[ :$PATH: == *:/usr/sbin:* ]] || PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
