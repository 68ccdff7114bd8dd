#!/bin/sh
# A page and a program at port 8000; at 9000 a websocket that greets, and tells the ten bytes that it is sent.
trap 'exit 0' TERM
mkdir -p /w/cgi-bin
echo served > /w/x
cat > /w/cgi-bin/echo <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
echo "$REQUEST_METHOD $QUERY_STRING cookie:$HTTP_COOKIE authorization:$HTTP_AUTHORIZATION"
sha256sum
END
cat > /socket <<'END'
#!/bin/sh
while read -r line; do
  line=${line%?}
  [ "$line" ] || break
  case "$line" in [Ss]ec-[Ww]eb[Ss]ocket-[Kk]ey:*) key=${line#*: } ;; esac
done
accept=$(printf '%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11' "$key" | sha1sum | cut -c1-40 | xxd -r -p | base64)
printf 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n' "$accept"
printf '\201\005ready'
printf '\201\024%s' "$(head -c 10 | xxd -p)"
END
chmod +x /w/cgi-bin/echo /socket
nc -ll -p 9000 -e /socket &
httpd -f -p 8000 -h /w &
wait
