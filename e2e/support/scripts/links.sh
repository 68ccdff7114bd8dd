#!/bin/sh
# Every kind of link to a file of the machine ($1, in the folder $2) and to its own; and files that become links, and longer, all the time.
trap 'exit 0' TERM
mkdir -p /etc /out
cd /out || exit 1
echo mine > /etc/shadow
ln -s /etc/shadow absolute
ln -s ../../../../etc/shadow upward
ln -s ../etc etc
ln -s / root
ln -s /proc/1/root proc
ln -s "$1" canary
ln -s "$2" folder
ln /etc/shadow hard
mkfifo pipe
echo mine > flip
touch grows
while :; do
  ln -s "$1" link && mv -f link flip
  echo mine > file && mv -f file flip
  usleep 1000
done &
while :; do
  echo 'HTTP/1.1 200 OK' >> grows
  usleep 500
done &
touch made
wait
