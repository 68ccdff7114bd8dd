#!/usr/bin/env bash
# Installs the real parts that the tests drive and that npm and pip don't bring: Debian's Chromium. Needs root; without it, says what is missing.
set -u
if command -v chromium >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo 'install-test-parts: chromium is missing; install it (Debian: apt-get install chromium)' >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends chromium >&2
