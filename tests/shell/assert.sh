# Assertions of the shell tests; the first that fails ends the test.
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

# Writes an executable to bin/, which a test adds to PATH: fake PROGRAM <SCRIPT
fake() {
    mkdir -p bin
    { echo '#!/usr/bin/env bash' && cat; } >"bin/$1"
    chmod +x "bin/$1"
}
