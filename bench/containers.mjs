// How much memory it takes to stream what a container has made: archives of a gigabyte, from a local process and from a Docker Engine.
import { readdirSync, readFileSync } from 'node:fs';
import { readArchives } from './archive-memory.mjs';
import { startEngine, WEB_IMAGE, whyNoDocker } from './docker.mjs';
import { figure, median } from './figures.mjs';
import { startMooring } from './mooring.mjs';

const GOAL_MB = 60;

export async function containers(say) {
  const results = [await ofProcesses(say), await ofDocker(say)];
  return { text: results.map(({ text }) => text).join('\n'), figures: results.flatMap(({ figures }) => figures) };
}

async function ofProcesses(say) {
  const mooring = await startMooring({});
  try {
    const archives = await readArchives(mooring, { image: 'mooring/demo', pids: { front: mooring.pid }, say });
    return {
      text: tell('a local process', archives, ['front']),
      figures: [
        figure('containers.archive_mb', mostGrown(archives, 'front'), 'MB', GOAL_MB),
        figure('containers.archive_s', median(archives.map(({ seconds }) => seconds)), 's'),
      ],
    };
  } finally {
    await mooring.stop();
  }
}

async function ofDocker(say) {
  const why = whyNoDocker();
  if (why !== undefined) return { text: `Nothing was measured on Docker: ${why}.`, figures: [] };
  say('a Docker Engine is started …');
  const engine = await startEngine();
  try {
    const mooring = await startMooring({ MOORING_RUNTIME: 'docker', MOORING_DOCKER_URL: engine.url, MOORING_IMAGE: WEB_IMAGE });
    try {
      const pids = { front: mooring.pid, satellite: satelliteOf(mooring.pid) };
      const archives = await readArchives(mooring, { image: WEB_IMAGE, pids, say });
      return {
        text: tell('a Docker Engine', archives, ['front', 'satellite']),
        figures: [
          figure('containers.archive_docker_mb', mostGrown(archives, 'front'), 'MB', GOAL_MB),
          figure('containers.archive_satellite_mb', mostGrown(archives, 'satellite'), 'MB', GOAL_MB),
          figure('containers.archive_docker_s', median(archives.map(({ seconds }) => seconds)), 's'),
        ],
      };
    } finally {
      await mooring.stop();
    }
  } finally {
    await engine.stop();
  }
}

function satelliteOf(parent) {
  const isIt = (pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('satellite/dist') &&
    new RegExp(`^PPid:\\s+${parent}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  const found = readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && isIt(name);
    } catch {
      return false;
    }
  });
  if (found.length !== 1) throw new Error(`${found.length} satellites run`);
  return found[0];
}

/** Of all of them, more than before the first. */
const mostGrown = (archives, process) => Math.max(...archives.map(({ before, most }) => most[process] - before[process]));

const tell = (from, archives, processes) => {
  const [{ bytes }] = archives;
  const each = processes.map(
    (name) =>
      `${name} +${archives.map(({ before, most }) => Math.round(most[name] - before[name])).join(', +')} MB (${Math.round(archives[0].before[name])} before)`,
  );
  const seconds = archives.map((archive) => archive.seconds.toFixed(1)).join(', ');
  return `${archives.length} archives of ${(bytes / 2 ** 30).toFixed(2)} GB from ${from} come in ${seconds} s: ${each.join('; ')}.`;
};
