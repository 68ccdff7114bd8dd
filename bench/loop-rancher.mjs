// A local Rancher on the simulated runtime, in a process of its own: node loop-rancher.mjs <data folder> [ms that an answer takes at least].
// Says {url} to its parent.
import { createRequire } from 'node:module';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const { createSimulatedRuntime, startLocalRancher } = await import(mooring.resolve('@mooring/local-rancher'));
const { pino } = await import(mooring.resolve('pino'));
const [dataDir, answerMs = '0'] = process.argv.slice(2);

const rancher = await startLocalRancher({
  dataDir,
  port: 0,
  metadataPort: 0,
  answerMs: Number(answerMs),
  runtime: createSimulatedRuntime(),
  logger: pino({ level: 'silent' }),
});
process.send({ url: rancher.url });
process.on('message', async () => {
  await rancher.close();
  process.exit(0);
});
