#!/usr/bin/env bash
# Installs the real parts that the tests drive and that npm and pip don't bring: Debian's Chromium, its Docker Engine, and its static
# busybox, of which the images are made. Needs root; without it, says what is missing.
set -u
declare -A programs=([chromium]=chromium [dockerd]=docker.io [iptables]=iptables [/bin/busybox]=busybox-static)
missing=()
for program in "${!programs[@]}"; do
  command -v "$program" >/dev/null 2>&1 || missing+=("${programs[$program]}")
done
if [ "${#missing[@]}" -eq 0 ]; then exit 0; fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "install-test-parts: missing: ${missing[*]}; install them (Debian: apt-get install ${missing[*]})" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
