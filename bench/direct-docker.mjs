// The same with a real Docker Engine: one container of a small image is stopped and woken, again and again.
import { closeSite, deploy, openSite, stop, wake } from './direct-site.mjs';
import { startEngine, WEB_IMAGE, whyNoDocker } from './docker.mjs';
import { figure, median, quantile } from './figures.mjs';

const WAKES = 20;
const NAME = 'in-docker';

export async function directDocker(say) {
  const why = whyNoDocker();
  if (why !== undefined) return { text: `Nothing was measured on Docker: ${why}.`, figures: [] };
  say('a Docker Engine is started …');
  const engine = await startEngine();
  try {
    return report(await wakes(engine, say));
  } finally {
    await engine.stop();
  }
}

async function wakes({ url }, say) {
  const site = await openSite({ MOORING_RUNTIME: 'docker', MOORING_DOCKER_URL: url, MOORING_IMAGE: WEB_IMAGE });
  try {
    site.deployed.push({ name: NAME, cookie: await deploy(NAME, site, WEB_IMAGE) });
    await stop(NAME, site);
    say(`its container is woken ${WAKES} times …`);
    const times = [];
    while (times.length < WAKES) times.push(await wake(site));
    return times;
  } finally {
    await closeSite(site);
  }
}

function report(times) {
  const text = `On Docker it comes ${Math.round(median(times))} ms after (nine tenths within ${Math.round(quantile(times, 0.9))} ms).`;
  return { text, figures: [figure('direct.wake_docker_p50_ms', median(times), 'ms', 600)] };
}
