# Assertions of the toolchain's tests; the first that fails ends the test.
# shellcheck shell=bash

fail() { # MESSAGE
    echo "${BASH_SOURCE[-1]}: $1" >&2
    exit 1
}

assert_equal() { # WANT GOT WHAT
    [[ $1 == "$2" ]] || fail "$3: want '$1', got '$2'"
}

assert_contains() { # TEXT PART
    [[ $1 == *"$2"* ]] || fail "'$2' is missing from: $1"
}
