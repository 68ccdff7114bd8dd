import { describe, expect, it } from '@jest/globals';
import { usableFrom } from '../../src/activity/usable-from.js';
import { aSession } from '../sessions/sample.js';
import { START } from './sample.js';

const condition = (type: string, status: 'True' | 'False', at: number) => ({
  type,
  status,
  reason: 'R',
  message: '',
  lastTransitionTime: new Date(at).toISOString(),
});
const session = (...conditions: object[]) => aSession({ status: { conditions } });
const TEN_MINUTES = 600_000;

describe('since when somebody could have used a session', () => {
  it('is when its container first answered, however long that took', () => {
    const answers = session(condition('ContainerRunning', 'True', START), condition('Reachable', 'True', START + 5000));
    expect(usableFrom(answers, START + 6000)).toBe(START + 5000);
    expect(usableFrom(answers, START + 86_400_000)).toBe(START + 5000);
  });

  it('is not yet while it starts, but one that never answers is not kept for ever', () => {
    const starting = session(condition('ContainerRunning', 'True', START), condition('Reachable', 'False', START));
    expect(usableFrom(starting, START + 5000)).toBe(START + 5000);
    expect(usableFrom(starting, START + TEN_MINUTES)).toBe(START + TEN_MINUTES);
    expect(usableFrom(starting, START + 86_400_000)).toBe(START + TEN_MINUTES);
    expect(usableFrom(session(), START)).toBe(START);
  });

  it('is when it runs where there is no route, as nobody asks it whether it answers', () => {
    const job = session(condition('ContainerRunning', 'True', START));
    job.spec.route = { type: 'none' };
    expect(usableFrom(job, START + 5000)).toBe(START);
  });
});
