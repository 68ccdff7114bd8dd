import { type CacheEvent, POOL_LABEL } from '@mooring/resources';
import type { Facts } from './call-rules.js';

/** What a record may say, at the moment when it says it. */
export function recordRules({ type, object }: CacheEvent<'Session'>, facts: Facts): void {
  const { uid, name, labels } = object.metadata;
  if (type === 'DELETED') {
    facts.ledger.ended(uid);
    return;
  }
  facts.ledger.recorded(uid);
  if (!object.spec.running) facts.ledger.stopped(uid);
  if (labels[POOL_LABEL] !== undefined && facts.ledger.wasUnclaimed(uid))
    facts.verdict.fail("what was unclaimed in a lost store is nobody's", `${name} waits in a pool again`);
  if (object.status.phase !== 'Ready') return;
  const route = facts.traefik.routes.get(uid);
  const container = route && facts.centre.runningAt(route.ip);
  // What ended since it was asked is told by Rancher in a moment.
  if (container && !facts.centre.answers(container))
    facts.verdict.fail('Ready means seen', `${name} is Ready, and its container does not answer yet`);
}
