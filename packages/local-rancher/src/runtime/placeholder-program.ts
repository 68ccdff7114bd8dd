/** Runs in place of an image that the local manifest doesn't know: says so in the container's log, then idles until it is stopped. */
const [image = 'unknown'] = process.argv.slice(2);

process.stdout.write(
  `The image ${image} isn't known to the local manifest, so nothing of it runs: this process only stands in for it and listens nowhere.\n` +
    'To run something, use an image of the manifest (such as mooring/demo). To see such a container fail instead, as Rancher lets it, ' +
    'set MOORING_UNKNOWN_IMAGE=error.\n',
);

const LONGEST_TIMER_MS = 2 ** 31 - 1;
setInterval(() => {}, LONGEST_TIMER_MS);
