// A Docker Engine of a benchmark's own (scripts/dockerd.mjs), and the image that it runs.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DOCKERD = fileURLToPath(new URL('../scripts/dockerd.mjs', import.meta.url));
const BUSYBOX = '/bin/busybox';
/** As Docker's example of ContainerDirectRouting, a static program that is at its port in no time; without a check of health, as that. */
export const WEB_IMAGE = 'mooring/bench-web:1';
const DOCKERFILE = `FROM scratch
COPY busybox /bin/busybox
COPY index.html /www/index.html
RUN ["/bin/busybox", "--install", "-s", "/bin"]
CMD ["sh", "-c", "trap 'exit 0' TERM; httpd -f -p 8888 -h /www & wait"]
`;

/** Why there can be no Engine here; undefined where nothing keeps it away. */
export function whyNoDocker() {
  if (existsSync('/var/run/docker.pid')) return "another Docker Engine runs, and two would take each other's network";
  if (process.getuid?.() !== 0) return 'only root can start one';
  if (!['/usr/sbin', '/usr/bin', '/usr/local/bin'].some((folder) => existsSync(join(folder, 'dockerd')))) return 'there is no dockerd';
  return existsSync(BUSYBOX) ? undefined : 'there is no busybox to make an image of';
}

/** Answers its address once the image is there. @throws with what dockerd says where it doesn't come up */
export async function startEngine() {
  const folder = await mkdtemp(join(tmpdir(), 'docker-bench-'));
  const child = spawn(process.execPath, [DOCKERD, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [said] = await Promise.race([once(child.stdout, 'data'), ended.then(() => [''])]);
  const url = String(said).trim();
  if (url === '') throw new Error('dockerd did not come up');
  const socketPath = url.slice('unix://'.length);
  const engine = {
    url,
    stop: async () => {
      // Bridges would outlive the Engine.
      for (const { Id, Labels } of JSON.parse(await ask(socketPath, 'GET', '/networks')))
        if (Labels['mooring.dev/installation']) await ask(socketPath, 'DELETE', `/networks/${Id}`);
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
  await build(socketPath, folder);
  return engine;
}

async function build(socketPath, folder) {
  const context = join(folder, 'context');
  await mkdir(context);
  const texts = { 'index.html': 'at work\n', Dockerfile: DOCKERFILE };
  await cp(BUSYBOX, join(context, 'busybox'));
  for (const [name, text] of Object.entries(texts)) await writeFile(join(context, name), text);
  const tar = execFileSync('tar', ['c', '-C', context, '.'], { maxBuffer: 64 * 1024 * 1024 });
  const built = await ask(socketPath, 'POST', `/build?t=${WEB_IMAGE}&networkmode=none`, tar);
  if (!built.includes('Successfully tagged')) throw new Error(`the image can't be built: ${built}`);
}

function ask(socketPath, method, path, body) {
  const headers = body && { 'content-type': 'application/x-tar', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, headers, timeout: 60_000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.once('end', () => resolve(text));
    });
    sent.once('error', reject).once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
    sent.end(body);
  });
}
