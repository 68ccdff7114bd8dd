import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../src/logging.js';

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
    logger.debug('not told');
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text)).toMatchObject({ level: 30, msg: 'asked', options: { secretKey: '(hidden)' } });
  });

  it('has a name on each line where one is set', () => {
    const lines: string[] = [];
    createLogger('info', { write: (line: string) => void lines.push(line) }, 'traefiker').info('asked');
    expect(JSON.parse(lines.join(''))).toMatchObject({ name: 'traefiker', msg: 'asked' });
  });
});
