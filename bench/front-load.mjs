// Requests over keep-alive connections, as fast as they are answered, at as little cost as can be: the load must not be what is measured.
import { connect } from 'node:net';

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** The text of a GET request. */
export function get(path, headers) {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** How long the answer is that begins here, in bytes; undefined where its head isn't whole yet. */
function lengthOf(bytes, expected) {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  if (!head.startsWith(`HTTP/1.1 ${expected}`)) throw new Error(`answered with ${head.slice(0, 100)}`);
  const length = /\ncontent-length: (\d+)/i.exec(head)?.[1];
  return end + END_OF_HEAD.length + Number(length ?? 0);
}

/** Gathers what comes over a connection; answers true with each answer that is whole. */
function reader(expected) {
  let bytes = Buffer.alloc(0);
  return (chunk) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const length = lengthOf(bytes, expected);
    if (length === undefined || bytes.length < length) return false;
    bytes = Buffer.alloc(0);
    return true;
  };
}

/** One connection that sends its request again and again until it is told to stop; calls `answered` with the ms of each. */
function runConnection(port, { request, expected }, { isOver, answered }) {
  const isWhole = reader(expected);
  let sentAt = 0;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true }, send);
    function send() {
      sentAt = performance.now();
      socket.write(request);
    }
    function take(chunk) {
      if (!isWhole(chunk)) return;
      answered(performance.now() - sentAt);
      if (isOver()) socket.destroy();
      else send();
    }
    socket.on('data', (chunk) => {
      try {
        take(chunk);
      } catch (error) {
        socket.destroy(error);
      }
    });
    socket.on('error', reject);
    socket.on('close', () => (isOver() ? resolve() : reject(new Error('the server has closed a connection'))));
  });
}

/** `requests`: one a connection, each {request, expected}. Answers requests per second and what each took, in ms. */
export async function load(port, requests, seconds) {
  const times = [];
  const startedAt = performance.now();
  const isOver = () => performance.now() - startedAt >= seconds * 1000;
  const answered = (ms) => times.push(ms);
  await Promise.all(requests.map((request) => runConnection(port, request, { isOver, answered })));
  return { perSecond: (times.length * 1000) / (performance.now() - startedAt), times };
}
