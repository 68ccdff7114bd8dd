// Containers that are asked for by their names, all of which are asleep: some of them are woken at random, one after another, through the real
// Traefik. A site with ten of them and one with a thousand run beside each other and are asked by turns, so that what else the machine does is the
// same for both.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { directDocker } from './direct-docker.mjs';
import { closeSite, deploy, openSite, stop, wake } from './direct-site.mjs';
import { figure, median, quantile } from './figures.mjs';

const FEW = 10;
const MANY = 1_000;
/** Of the many, so many may be asked for: these have run. The others are recorded, and stopped from the beginning. */
const ASKED_OF_MANY = 100;
const TURNS = 30;
const DEPLOYED_ABREAST = 5;
const RECORDED_ABREAST = 50;
const LOOK_MS = 20;

export async function direct(say) {
  const results = [await byTurns(say), await directDocker(say)];
  return { text: results.map(({ text }) => text).join('\n'), figures: results.flatMap(({ figures }) => figures) };
}

async function byTurns(say) {
  const sites = [];
  try {
    for (const base of ['18480', '18500']) sites.push(await openSite({ MOORING_PORT_BASE: base }));
    const [few, many] = sites;
    say(`${FEW} containers are deployed and stopped on one site, ${MANY} on another …`);
    await Promise.all([deployAll(FEW, few), deployAll(ASKED_OF_MANY, many).then(() => recordOthers(MANY - ASKED_OF_MANY, many))]);
    say(`${TURNS} of each are woken by turns …`);
    const times = { few: [], many: [] };
    for (let turn = 0; turn < TURNS; turn += 1) {
      times.few.push(await wake(few));
      times.many.push(await wake(many));
    }
    return report(times);
  } finally {
    for (const site of sites) await closeSite(site);
  }
}

/** Does something with each of 0 … count - 1, some at a time. */
async function each(count, abreast, act) {
  let next = 0;
  const row = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: abreast }, row));
}

const deployAll = (count, site) =>
  each(count, DEPLOYED_ABREAST, async (index) => {
    const name = `named-${index}`;
    const cookie = await deploy(name, site);
    await stop(name, site);
    site.deployed.push({ name, cookie });
  });

/** What the management API would record; resolves when the controller has looked at all of them. */
async function recordOthers(count, { store }) {
  const { metadata, spec } = await store.get('Session', 'named-0');
  const { labels, finalizers } = metadata;
  await each(count, RECORDED_ABREAST, async (index) => {
    const name = `other-${index}`;
    const draft = { metadata: { name, labels, finalizers }, spec: { ...spec, running: false, route: { ...spec.route, name } } };
    await store.create('Session', draft, { secret: randomBytes(32).toString('hex') });
    while ((await store.get('Session', name)).status.phase !== 'Stopped') await pause(LOOK_MS);
  });
}

function report({ few, many }) {
  const tell = (times) => `${Math.round(median(times))} ms (nine tenths within ${Math.round(quantile(times, 0.9))} ms)`;
  return {
    text: `A stopped container's first good answer comes ${tell(few)} after a navigation where there are ${FEW} of them, and ${tell(many)} where there are ${MANY}.`,
    figures: [
      figure('direct.wake_p50_ms', median(few), 'ms', 500),
      figure(`direct.wake_${MANY}_p50_ms`, median(many), 'ms', 500),
      figure('direct.wake_growth', median(many) / median(few), 'times', 1.2),
    ],
  };
}
