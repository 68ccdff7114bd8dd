const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const HEADER6 =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const VERSION = 'Linux version 5.15.0 (simulated)';
const TRAEFIK = '10.42.250.2';
const PORT = 8888;

/** A container's /proc/net/tcp, tcp6 and version, where Traefik is connected from these ports. */
export function tablesOf(ip: string, ports: readonly number[]): string {
  const local = `${hexOf(ip)}:${port(PORT)}`;
  const listening = row(0, local, '00000000:0000', '0A');
  const rows = ports.map((each, index) => row(index + 1, local, `${hexOf(TRAEFIK)}:${port(each)}`, '01'));
  return [HEADER, listening, ...rows, HEADER6, VERSION, ''].join('\n');
}

/** In the byte order of x86. */
const hexOf = (ip: string): string =>
  ip
    .split('.')
    .reverse()
    .map((byte) => Number(byte).toString(16).padStart(2, '0').toUpperCase())
    .join('');

const port = (number: number): string => number.toString(16).padStart(4, '0').toUpperCase();

const row = (index: number, local: string, remote: string, state: string): string =>
  `${String(index).padStart(4)}: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 12345 1 0000000000000000 100 0 0 10 0`;
