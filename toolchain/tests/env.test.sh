#!/usr/bin/env bash
# env.sh appends the folders of system programs to an ordinary user's PATH, once.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

export LAB_CACHE=$PWD/cache
path_after() { # PATH: the PATH after env.sh was read twice, as by a script that starts another one
    # shellcheck disable=SC2016  # the inner shell expands the variables
    env --unset=PULUMI_HOME PATH="$1" bash -c 'source "$0"; source "$0"; echo "$PATH"' "$here/../env.sh"
}
own=$LAB_CACHE/pulumi-home/bin:$LAB_CACHE/node/bin:$LAB_CACHE/go/bin
assert_equal "$own:$own:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin" "$(path_after /usr/bin:/bin)" "Debian's PATH"
assert_equal "$own:$own:/usr/sbin:/usr/bin:/sbin:/bin" "$(path_after /usr/sbin:/usr/bin:/sbin:/bin)" "root's PATH"
