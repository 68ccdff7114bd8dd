#!/bin/sh
# Writes 4 MB past the memory and reads them so, and then does nothing more.
trap 'exit 0' TERM
dd if=/dev/zero of=/written bs=1M count=4 oflag=direct
dd if=/written of=/dev/null bs=1M iflag=direct
echo done
sleep 600 &
wait
