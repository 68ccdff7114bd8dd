import { WebSocket } from 'ws';

export interface Connection {
  url: string;
  headers: Readonly<Record<string, string>>;
  handshakeTimeoutMs: number;
  /** Milliseconds without a frame after which the peer counts as dead. */
  silenceMs: number;
  signal: AbortSignal;
  onOpen: () => void;
  onFrame: (frame: string) => void;
}

/** Opens one connection; resolves with the reason when it is over, and never rejects. */
export type Connect = (connection: Connection) => Promise<string>;

const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** Over one websocket. */
export function runConnection(connection: Connection): Promise<string> {
  const { signal } = connection;
  return new Promise((resolve) => {
    const socket = open(connection);
    let reason: string | undefined;
    const end = (why: string) => {
      reason ??= why;
      socket.terminate();
    };
    const abort = () => end('called off');
    const stopWatch = watchSilence(socket, connection.silenceMs, end);
    socket.on('open', connection.onOpen);
    socket.on('message', (data) => connection.onFrame(String(data)));
    socket.on('error', ({ message }) => {
      reason ??= message;
    });
    socket.on('close', (code) => {
      stopWatch();
      signal.removeEventListener('abort', abort);
      resolve(reason ?? `closed by Rancher (${code})`);
    });
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}

function open({ url, headers, handshakeTimeoutMs }: Connection): WebSocket {
  return new WebSocket(url, {
    headers: { ...headers },
    handshakeTimeout: handshakeTimeoutMs,
    followRedirects: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
  });
}

/** From the handshake on, any frame counts as a sign of life: Rancher's pings are ordinary frames (recording 06-02). */
function watchSilence(socket: WebSocket, silenceMs: number, end: (why: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => end(`no ping for ${silenceMs} ms`), silenceMs);
  };
  for (const sign of ['open', 'message', 'ping']) socket.on(sign, alive);
  return () => clearTimeout(timer);
}
