// Many clients that follow a session each, over plain sockets so that they cost little themselves; says when all have connected, and when the
// last of them got what was told.
import { connect } from 'node:net';

const [port, first, count] = process.argv.slice(2).map(Number);
/** Connections that are under way at once: more would overflow the server's backlog. */
const AT_ONCE = 200;
const MARK = 'event: status\n';

let events = 0;
let target = count;
const sockets = [];

/** Sockets to one port come from several addresses, so that none runs out of ports. */
const addressOf = (number) => `127.0.0.${2 + (number % 20)}`;

function follow(number) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: addressOf(number) });
    socket.setEncoding('latin1');
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`client ${number} was cut off`)));
    socket.on('data', (text) => {
      if (!text.includes(MARK)) return;
      resolve();
      seen();
    });
    socket.write(
      `GET /narrative_session/narrative-person-${number}-0a1b2c/events HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\nCookie: kbase_session=person-${number}\r\n\r\n`,
    );
    sockets.push(socket);
  });
}

function seen() {
  events += 1;
  if (events === target) process.send({ told: performance.timeOrigin + performance.now() });
}

let next = first;
async function connectAll() {
  while (next < first + count) {
    next += 1;
    await follow(next - 1);
  }
}

process.on('message', (question) => {
  if (question === 'close') process.exit(0);
  if (question === 'expect') {
    target = events + count;
    process.send({ expecting: count });
  }
});
await Promise.all(Array.from({ length: AT_ONCE }, connectAll));
process.send({ connected: count });
