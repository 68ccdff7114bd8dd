import { cidrList, cronSchedule, httpUrl, oneOf, seconds } from './values.js';

const serve = ['serve'] as const;
const both = ['start', 'serve'] as const;

/** Keys of when nobody uses a session, and what becomes of it. */
export const IDLE_KEYS = {
  reaper_timeout_secs: {
    schema: seconds(2),
    default: '600',
    usedBy: both,
    help: 'how many seconds nobody must be seen using a session before it is marked as idle; 2 or more',
  },
  reaper_ipnetwork: {
    schema: cidrList,
    default: '127.0.0.1/32',
    usedBy: both,
    help: 'who may call /reaper/: addresses and networks, separated by commas; 0.0.0.0/0 is everybody, over IPv6 too',
  },
  traefik_metrics: {
    schema: httpUrl,
    default: 'http://traefik:8080/metrics',
    usedBy: serve,
    help: "Traefik's metrics, which tell who has connections and requests; start asks its own Traefik",
  },
  MOORING_TRAEFIK_IDLE: {
    schema: seconds(1),
    default: '90',
    usedBy: serve,
    help: 'how many seconds Traefik keeps a connection to a container that nobody uses: its serversTransport.forwardingTimeouts.idleConnTimeout',
  },
  MOORING_REAPER_SCHEDULE: {
    schema: cronSchedule,
    default: '*/30 * * * * *',
    usedBy: both,
    help: 'when it is looked for idle sessions: cron with seconds in front; * * * * * * is every second',
  },
  MOORING_REAPER_GRACE: {
    schema: seconds(0),
    default: '60',
    usedBy: both,
    help: 'how many seconds pass between the mark and the end; whoever comes meanwhile keeps the session',
  },
  MOORING_IDLE_ACTION: {
    schema: oneOf('Delete', 'Stop').optional(),
    usedBy: both,
    help: 'what becomes of an idle session: Delete, or Stop, which keeps its container for the next visit; Delete with serve and Stop with start where it is not set',
  },
  MOORING_OPEN_CONNECTIONS: {
    schema: oneOf('active', 'ignore'),
    default: 'active',
    usedBy: both,
    help: 'whether a connection that is open and silent, such as a tab that nobody looks at, counts as use',
  },
  MOORING_MAX_UNKNOWN: {
    schema: seconds(1).optional(),
    usedBy: both,
    help: 'how many seconds a session is kept of which nobody can tell whether it is used; without it, as long as nobody can',
  },
  MOORING_STARTED_ONCE: {
    schema: oneOf('Restart', 'Remove'),
    default: 'Restart',
    usedBy: both,
    help: 'what becomes of a session whose container has ended by itself: it is started again, or removed',
  },
} as const;
