// 10,000 pages that follow a session each over the front's event streams: what the front's process holds for them, and how long it takes until
// a change of every one of these sessions has reached its page. Front and pages are processes of their own.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { figure, median } from './figures.mjs';

const CLIENTS = 10_000;
const PROCESSES = 2;
const ROUNDS = 5;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

export async function events(say) {
  const front = fork(here('./events-front.mjs'), [String(CLIENTS)], { execArgv: ['--expose-gc'] });
  const { port } = await said(front, 'port');
  const ask = async (question) => {
    front.send(question);
    return (await said(front, 'question')).answer;
  };
  const before = await ask('held');
  say(`${CLIENTS} clients connect …`);
  const share = CLIENTS / PROCESSES;
  const crowd = Array.from({ length: PROCESSES }, (_, index) =>
    fork(here('./events-clients.mjs'), [port, index * share, share].map(String)),
  );
  try {
    await Promise.all(crowd.map((clients) => said(clients, 'connected')));
    const idle = await ask('held');
    const tookMs = [];
    for (let round = 0; round < ROUNDS; round++) tookMs.push(await tellAll(ask, crowd));
    const heldMb = Math.max(idle, await ask('held')) - before;
    return {
      text: [
        `${CLIENTS} event streams cost the front ${Math.round(heldMb)} MB (${((heldMb * 1024) / CLIENTS).toFixed(1)} kB each);`,
        `a change of all ${CLIENTS} sessions has reached the last page after ${Math.round(median(tookMs))} ms (${tookMs.map(Math.round).join(', ')}).`,
      ].join('\n'),
      figures: [figure(`events.clients_${CLIENTS}_mb`, heldMb, 'MB', 400), figure('events.all_ms', median(tookMs), 'ms', 1000)],
    };
  } finally {
    await end([front, ...crowd]);
  }
}

/** From the first change to the last client's event, in ms by the machine's clock. */
async function tellAll(ask, crowd) {
  const expecting = crowd.map((clients) => said(clients, 'expecting'));
  for (const clients of crowd) clients.send('expect');
  await Promise.all(expecting);
  const told = Promise.all(crowd.map((clients) => said(clients, 'told')));
  const began = await ask('change');
  return Math.max(...(await told).map((message) => message.told)) - began;
}

/** The next message that has this field; rejects if the process ends without. */
function said(child, field) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`a part of the benchmark ended with ${code}`));
    const listen = (message) => {
      if (!(field in message)) return;
      child.off('message', listen).off('exit', ended);
      resolve(message);
    };
    child.on('message', listen).once('exit', ended);
  });
}

async function end(children) {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.send('close');
    await exited;
  }
}
