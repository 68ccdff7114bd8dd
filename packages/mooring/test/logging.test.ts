import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLogger, logDestination } from '../src/logging.js';

describe('the log', () => {
  it('cuts out what could be secret', () => {
    let text = '';
    const logger = createLogger('info', {
      write: (line: string) => {
        text += line;
      },
    });
    logger.info(
      { req: { headers: { cookie: 'kbase_session=hunter2', authorization: 'hunter2' } }, options: { secretKey: 'hunter2' } },
      'asked',
    );
    logger.info({ token: 'hunter2', cookie: 'hunter2', password: 'hunter2', 'set-cookie': ['hunter2'] }, 'in the line itself');
    logger.info({ answer: { 'set-cookie': ['hunter2'], headers: { 'set-cookie': 'hunter2' }, id_token: 'hunter2' } }, 'answered');
    logger.child({ authorization: 'hunter2' }).info({ labels: { session_id: 'hunter2', secret: 'hunter2' } }, 'from a child');
    logger.error({ err: Object.assign(new Error('refused'), { headers: { authorization: 'hunter2' } }) }, 'failed');
    logger.info({ a: { b: { c: { cookie: 'hunter2' } } } }, 'deep down');
    logger.debug('not told');
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ level: 30, msg: 'asked', options: { secretKey: '(hidden)' } });
  });

  it('says everything else as it is', () => {
    const lines: string[] = [];
    const err = new Error('refused', { cause: new Error('no room') });
    const fields = { cookies_seen: 3, list: [{ a: 1 }], none: null, at: new Date(0), deep: { er: { still: true } } };
    createLogger('info', { write: (line: string) => void lines.push(line) }).info({ ...fields, err }, 'asked');
    expect(JSON.parse(lines.join(''))).toMatchObject({
      ...fields,
      at: '1970-01-01T00:00:00.000Z',
      err: { type: 'Error', message: 'refused: no room', stack: expect.stringContaining('refused') },
    });
  });

  it('changes nothing of what it is given', () => {
    const given = { headers: { cookie: 'a=b' } };
    createLogger('info', { write: () => undefined }).info(given);
    expect(given).toEqual({ headers: { cookie: 'a=b' } });
  });

  it('has a name on each line where one is set', () => {
    const lines: string[] = [];
    createLogger('info', { write: (line: string) => void lines.push(line) }, 'traefiker').info('asked');
    expect(JSON.parse(lines.join(''))).toMatchObject({ name: 'traefiker', msg: 'asked' });
  });
});

describe('a log file', () => {
  it('is for its owner alone, and has the lines of a turn of the event loop at its end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mooring-log-'));
    const path = join(folder, 'log');
    const destination = logDestination(path);
    for (const line of ['one\n', 'two\n']) destination.write(line);
    await setImmediate();
    destination.write('three\n');
    expect(await readFile(path, 'utf8')).toMatch(/^one\ntwo\n/);
    await setImmediate();
    expect(await readFile(path, 'utf8')).toBe('one\ntwo\nthree\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await rm(folder, { recursive: true });
  });
});
