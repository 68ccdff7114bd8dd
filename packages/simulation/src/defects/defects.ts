import { Informer, RancherGateway, RancherView, RouteTable } from '@mooring/controller/internals';
import type { Session } from '@mooring/resources';
import { IDLE_PLANTED } from './idle-defects.js';
import type { Defect } from './names.js';

type LookUp = RancherView['lookUp'];

/** Defects of the controller's own parts; those of what it is given are the world's (see `world/`). */
const PLANTED: Partial<Record<Defect, () => void>> = {
  'no-look-up': () => {
    RancherView.prototype.lookUp = async () => ({ ours: [], others: [] });
  },
  /** The 200 of a DELETE counts as done. */
  'delete-not-read-back': () => {
    const { remove } = RancherGateway.prototype;
    RancherGateway.prototype.remove = async function (id) {
      return { ...(await remove.call(this, id)), state: 'removed', gone: true };
    };
    replaceLookUp((lookUp) => async (session) => (isGoing(session) ? { ours: [], others: [] } : lookUp(session)));
  },
  /** What an event or a list says is gone is not asked for by its id. */
  'list-trusted': () => {
    RancherView.prototype.readBack = async () => undefined;
  },
  /** Whoever has the name that a session wants is in the way. */
  'strangers-removed': () => {
    const { lookUp } = RancherView.prototype;
    RancherView.prototype.lookUp = async function (session) {
      const found = await lookUp.call(this, session);
      const { gateway } = this as unknown as { gateway: RancherGateway };
      for (const { id } of found.others) await gateway.remove(id);
      return found;
    };
  },
  'doubles-kept': () => {
    const { services } = RancherView.prototype;
    RancherView.prototype.services = function (session) {
      return services.call(this, session).slice(0, 1);
    };
  },
  /** A document before it is known what people use. */
  'early-document': () => {
    const { serve } = RouteTable.prototype;
    RouteTable.prototype.serve = function () {
      this.markLoaded();
      return serve.call(this);
    };
  },
  /** Gaps are not made good. */
  'no-relist': () => {
    const { relist } = Informer.prototype;
    const listed = new WeakSet<object>();
    Informer.prototype.relist = async function () {
      if (!listed.has(this)) await relist.call(this);
      listed.add(this);
    };
  },
};

function replaceLookUp(wrap: (lookUp: LookUp) => LookUp): void {
  const { lookUp } = RancherView.prototype;
  RancherView.prototype.lookUp = function (session) {
    return wrap((each) => lookUp.call(this, each))(session);
  };
}

const isGoing = ({ metadata }: Session): boolean => metadata.deletionTimestamp !== undefined;

/** For the rest of this process' life. */
export function plant(defect: Defect | undefined): void {
  if (defect) ({ ...PLANTED, ...IDLE_PLANTED })[defect]?.();
}
