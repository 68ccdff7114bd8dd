import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { z } from 'zod';
import { DockerSatellite } from './engine/docker-satellite.js';
import { buildServer } from './server.js';

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

const MIN_SECRET = 32;

/** Lines that are too short to be kept secret are none. */
const secretsIn = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= MIN_SECRET);

async function main(): Promise<void> {
  const environment = environmentSchema.parse(process.env);
  const { SATELLITE_LISTEN: listen, SATELLITE_SECRET_FILE: file, SATELLITE_DATA: dataDir, SATELLITE_DOCKER_URL: url } = environment;
  if (secretsIn(file).length === 0) throw new Error(`SATELLITE_SECRET_FILE=${file}: has no line of ${MIN_SECRET} characters or more`);
  const logger = pino({ name: 'satellite' });
  const satellite = new DockerSatellite({ url, dataDir });
  const app = buildServer({ satellite, secrets: () => secretsIn(file), now: Date.now, logger });
  process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
  const [host = '', port] = listen.split(':');
  await app.listen({ host, port: Number(port) });
  logger.info({ listen }, 'the satellite listens');
}

try {
  await main();
} catch (error) {
  process.stderr.write(`satellite: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}\n`);
  process.exit(1);
}
