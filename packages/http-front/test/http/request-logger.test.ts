import { describe, expect, it } from '@jest/globals';
import type { FastifyBaseLogger } from 'fastify';
import { requestLogger } from '../../src/http/request-logger.js';
import { memoryLogger } from '../support/front.js';

describe('a request’s logger', () => {
  it('says its request’s id in every line, and makes no child before the first', () => {
    const { logger, logs } = memoryLogger();
    let children = 0;
    const parent = Object.assign(Object.create(logger) as FastifyBaseLogger, {
      child: (fields: object) => {
        children += 1;
        return logger.child(fields) as unknown as FastifyBaseLogger;
      },
    });
    const request = requestLogger(parent, { reqId: 'req-7' }, {});
    expect([children, request.level]).toEqual([0, 'debug']);
    request.warn({ code: 'odd' }, 'careful');
    request.child({ part: 'a' }).info('more');
    const lines = logs()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([
      { level: 40, reqId: 'req-7', code: 'odd', msg: 'careful' },
      { level: 30, reqId: 'req-7', part: 'a', msg: 'more' },
    ]);
    expect(children).toBe(1);
  });
});
