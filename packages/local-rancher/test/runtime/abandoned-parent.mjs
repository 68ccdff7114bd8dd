// Runs two containers, says so, and waits to be killed: node abandoned-parent.mjs <data folder>
import { pino } from 'pino';
import { createProcessRuntime } from '../../dist/runtime/index.js';

const [dataDir] = process.argv.slice(2);
const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up');";
const kernel = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}], { detached: true, stdio: 'inherit' });`;
const images = {
  sleeper: { command: ['sleep', '1000'] },
  parent: { command: [process.execPath, '-e', `${kernel} setInterval(() => {}, 1000);`] },
};
const runtime = createProcessRuntime({
  dataDir,
  installation: { variable: 'TEST_INSTALLATION', id: dataDir },
  images,
  unknownImage: 'error',
  logger: pino({ level: 'silent' }),
});
await runtime.recover(new Set());
const start = (image) => runtime.start({ uuid: image, name: image, image, env: {}, labels: {}, volumes: [], ports: [] });
const started = await Promise.all([start('sleeper'), start('parent')]);
process.stdout.write(`${JSON.stringify({ pids: started.map(({ pid }) => pid), log: runtime.logPath('parent') })}\n`);
setInterval(() => {}, 1_000);
