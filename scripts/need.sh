#!/bin/sh
# Installs one thing the tests need, unless it is there: chromium, postgresql or axe.
set -eu

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_package() {
    command -v apt-get >/dev/null || {
        echo "Please install $1 with your system's package manager, then try again." >&2
        exit 1
    }
    echo "Installing $1 for the tests ..."
    as_root apt-get update -qq >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

case "$1" in
chromium)
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
        command -v google-chrome >/dev/null ||
        install_package chromium fonts-noto-cjk fonts-liberation
    ;;
postgresql)
    [ -n "${TEST_PG_DSN:-}" ] || command -v initdb >/dev/null ||
        ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || install_package postgresql
    ;;
axe)
    # The tests need Node itself too: it runs the compiler of Slack's published types.
    command -v node >/dev/null || install_package nodejs
    if ! { [ -f node_modules/axe-core/axe.min.js ] && [ -f node_modules/typescript/bin/tsc ] &&
        [ -d node_modules/@slack/types ] && [ -d node_modules/@slack/web-api ]; }; then
        command -v npm >/dev/null || install_package npm
        npm ci --silent --no-audit --no-fund
    fi
    ;;
*)
    echo "usage: need.sh chromium | postgresql | axe" >&2
    exit 2
    ;;
esac
