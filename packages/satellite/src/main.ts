import { pino } from 'pino';
import { z } from 'zod';
import { MIN_SECRET, secretsIn } from './auth/secrets.js';
import { DockerSatellite } from './engine/docker-satellite.js';
import { repeatedly } from './repeatedly.js';
import { buildServer } from './server.js';

/** What was put into a container is forgotten so soon after it has gone, in ms. */
const FORGET_EVERY_MS = 10_000;

/** The environment that a host's satellite is started with. */
const environmentSchema = z.object({
  /** `host:port` */
  SATELLITE_LISTEN: z.string().regex(/^[^:\s]+:\d{1,5}$/, 'must be host:port'),
  /** A secret a line: the first signs, all are taken. Read for each request, so that it may change. */
  SATELLITE_SECRET_FILE: z.string().min(1),
  /** The folder of what is to be remembered. */
  SATELLITE_DATA: z.string().min(1),
  SATELLITE_DOCKER_URL: z.string().regex(/^(unix:\/\/\/|tcp:\/\/)/, 'must be such as unix:///var/run/docker.sock'),
});

async function main(): Promise<void> {
  const environment = environmentSchema.parse(process.env);
  const { SATELLITE_LISTEN: listen, SATELLITE_SECRET_FILE: file, SATELLITE_DATA: dataDir, SATELLITE_DOCKER_URL: url } = environment;
  if (secretsIn(file).length === 0) throw new Error(`SATELLITE_SECRET_FILE=${file}: has no line of ${MIN_SECRET} characters or more`);
  const logger = pino({ name: 'satellite' });
  const satellite = new DockerSatellite({ url, dataDir });
  const app = buildServer({ satellite, secrets: () => secretsIn(file), now: Date.now, logger });
  const stopping = new AbortController();
  process.once('SIGTERM', () => {
    stopping.abort();
    void app.close().then(() => process.exit(0));
  });
  const [host = '', port] = listen.split(':');
  await app.listen({ host, port: Number(port) });
  logger.info({ listen }, 'the satellite listens');
  void repeatedly(() => satellite.forget(), {
    everyMs: FORGET_EVERY_MS,
    signal: stopping.signal,
    failed: (error) => logger.warn({ err: error }, 'what was put into containers that are no more could not be forgotten'),
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`satellite: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}\n`);
  process.exit(1);
}
