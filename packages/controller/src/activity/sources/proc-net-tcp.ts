/** An established TCP connection, as seen from inside. */
export interface Established {
  local: { ip: string; port: number };
  remote: { ip: string; port: number };
}

/** What a reading of /proc/net/tcp and tcp6 must end with, to be whole: /proc/version. */
const END = /^Linux version \S/;
const HEADER = /^\s*sl\s+local_address\s+(rem|remote)_address\s/;
const ROW = /^\s*\d+: ((?:[0-9A-F]{8}){1,4}):([0-9A-F]{4}) ((?:[0-9A-F]{8}){1,4}):([0-9A-F]{4}) ([0-9A-F]{2}) /;
/** GNU's, busybox's and toybox's cat. */
const NO_TCP6 = /tcp6'?: No such file/i;
const ESTABLISHED = '01';

/** Reads both tables, and then what marks the end; a command of its own for each would cost a round trip each. */
export const READ_TABLES: readonly string[] = ['cat', '/proc/net/tcp', '/proc/net/tcp6', '/proc/version'];

/**
 * The established connections in what `READ_TABLES` wrote (proc_pid_net(5); Documentation/networking/proc_net_tcp.rst). Addresses are 32-bit
 * words in the host's byte order, here little-endian. A container without IPv6 has no tcp6. Anything else that is missing, cut short
 * or not as it should be is a problem rather than a part of the truth.
 */
export function parseTables(output: string): Established[] | { problem: string } {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const problem = whatIsMissing(lines);
  if (problem !== undefined) return { problem };
  const rows = lines.filter((line) => /^\s*\d+:/.test(line)).map(parseRow);
  if (rows.includes(undefined)) return { problem: "the list of connections holds a line that can't be read" };
  return rows.flatMap((row) => (row?.state === ESTABLISHED ? [{ local: row.local, remote: row.remote }] : []));
}

function whatIsMissing(lines: readonly string[]): string | undefined {
  const tables = lines.filter((line) => HEADER.test(line)).length;
  if (tables === 0) return `/proc/net/tcp can't be read in the container (${excerpt(lines[0])})`;
  if (!END.test(lines.at(-1) ?? '')) return 'the list of connections came cut short';
  const hasNoTcp6 = lines.some((line) => NO_TCP6.test(line));
  return tables === 2 || hasNoTcp6 ? undefined : "/proc/net/tcp6 can't be read in the container";
}

function parseRow(line: string): (Established & { state: string }) | undefined {
  const [, localIp = '', localPort, remoteIp = '', remotePort, state = ''] = ROW.exec(line) ?? [];
  const [local, remote] = [addressOf(localIp), addressOf(remoteIp)];
  if (local === undefined || remote === undefined) return undefined;
  return { local: { ip: local, port: hex(localPort) }, remote: { ip: remote, port: hex(remotePort) }, state };
}

const hex = (text = ''): number => Number.parseInt(text, 16);

const excerpt = (line = 'nothing was written'): string => line.slice(0, 120);

/** Dotted for IPv4, also where it is mapped into IPv6 (RFC 4291, 2.5.5.2); else eight groups, none of them left out. */
function addressOf(words: string): string | undefined {
  const bytes = (words.match(/.{8}/g) ?? []).flatMap((word) => [6, 4, 2, 0].map((at) => hex(word.slice(at, at + 2))));
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return undefined;
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.slice(12).join('.') : groups(bytes).join(':');
}

const groups = (bytes: readonly number[]): string[] =>
  Array.from({ length: 8 }, (_, index) => (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16));

/** 127.0.0.0/8 and ::1. */
export const isLoopback = (ip: string): boolean => ip.startsWith('127.') || ip === '0:0:0:0:0:0:0:1';
