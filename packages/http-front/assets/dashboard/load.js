/** How much more a second, between two samples; null where one of them doesn't say, or it began anew. */
function rate(before, after, seconds, of) {
  const [from, to] = [of(before), of(after)];
  return from === undefined || to === undefined || to < from || seconds <= 0 ? null : (to - from) / seconds;
}

/**
 * What a container used over time: processors, bytes of memory, and bytes a second over the network and from and to disks.
 *
 * @param {object[]} samples of the container API's metrics, the newest last
 * @returns {Record<'times' | 'processors' | 'memory' | 'received' | 'sent' | 'read' | 'written', (number | null)[]>} times in seconds
 */
export function loadOf(samples) {
  const columns = { times: [], processors: [], memory: [], received: [], sent: [], read: [], written: [] };
  samples.slice(1).forEach((after, index) => {
    const before = samples[index];
    const seconds = (Date.parse(after.at) - Date.parse(before.at)) / 1000;
    const more = (of) => rate(before, after, seconds, of);
    columns.times.push(Date.parse(after.at) / 1000);
    columns.processors.push(more(({ cpuNanoseconds }) => cpuNanoseconds / 1e9));
    columns.memory.push(after.memoryBytes);
    columns.received.push(more(({ network }) => network?.receivedBytes));
    columns.sent.push(more(({ network }) => network?.sentBytes));
    columns.read.push(more(({ block }) => block?.readBytes));
    columns.written.push(more(({ block }) => block?.writtenBytes));
  });
  return columns;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `0 B`, `1.5 kB`, `12 MB`. @param {number} bytes */
export function size(bytes) {
  const step = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${value < 9.95 && step > 0 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${UNITS[step]}`;
}
