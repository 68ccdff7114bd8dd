import { z } from 'zod';
import { atMost, bearerToken, cattleUrl, httpUrl, oneOf, patternList, port, seconds, signingSecret } from './values.js';

const text = z.string();
const serve = ['serve'] as const;
const both = ['start', 'serve'] as const;

/** Keys of rollouts; those without MOORING_ in front are rancher-service-updater's. */
export const ROLLOUT_KEYS = {
  AUTOUPDATE_ENABLE_LABEL: {
    schema: text.optional(),
    usedBy: both,
    help: 'the label, with another value than false, by which a service asks for published images; autoupdate.enable or autoupdate.enabled where it is not set',
  },
  AUTOUPDATE_ENVIRONMENT_NAMES: {
    schema: patternList,
    default: '.*',
    usedBy: both,
    help: "regular expressions, separated by commas, one of which an environment's name must match for its services to get published images",
  },
  AUTOUPDATE_HTTP_PORT: {
    schema: port.optional(),
    usedBy: both,
    help: 'the port of a listener of their own for /upgrade and /ping; they are on the front where it is not set',
  },
  AUTOUPDATE_SLACK_WEBHOOK_URL: {
    schema: httpUrl.optional(),
    usedBy: both,
    secret: true,
    help: 'the incoming webhook by which Slack is told what became of published images',
  },
  AUTOUPDATE_SLACK_BOT_NAME: { schema: text.optional(), usedBy: both, help: 'the name under which Slack shows that' },
  CATTLE_URL: { schema: cattleUrl.optional(), usedBy: serve, help: "Rancher's API for rollouts; rancher_url where it is not set" },
  CATTLE_ACCESS_KEY: {
    schema: text.optional(),
    usedBy: serve,
    help: 'the access key of an API key for rollouts, of an account or of one environment; rancher_user where neither it nor CATTLE_URL is set',
  },
  CATTLE_SECRET_KEY: { schema: text.optional(), usedBy: serve, secret: true, help: 'the secret key of that API key' },
  MOORING_ROLLOUT_TOKEN: {
    schema: bearerToken.optional(),
    usedBy: both,
    secret: true,
    help: 'the bearer token that /upgrade asks for; anybody may call it where neither this nor MOORING_ROLLOUT_SECRET is set',
  },
  MOORING_ROLLOUT_SECRET: {
    schema: signingSecret.optional(),
    usedBy: both,
    secret: true,
    help: "the secret with which webhooks sign what they send to /upgrade, as GitHub's do (X-Hub-Signature-256)",
  },
  MOORING_ROLLOUT_WEBHOOK_URL: {
    schema: httpUrl.optional(),
    usedBy: both,
    secret: true,
    help: 'where it is sent, as JSON, what became of published images',
  },
  MOORING_ROLLOUT_AT_ONCE: {
    schema: atMost,
    default: '5',
    usedBy: both,
    help: 'how many services of a rollout are upgraded at the same time',
  },
  MOORING_ROLLOUT_ORDER: {
    schema: oneOf('Together', 'InOrder'),
    default: 'Together',
    usedBy: both,
    help: 'InOrder: the environments have their turns in the order of AUTOUPDATE_ENVIRONMENT_NAMES, and none after one that failed',
  },
  MOORING_ROLLOUT_ON_FAILURE: {
    schema: oneOf('hold', 'rollback'),
    default: 'hold',
    usedBy: both,
    help: 'what becomes of a service whose upgrade fails: hold leaves it as it is, rollback gives it back what it ran',
  },
  MOORING_UPDATE_AFTER: {
    schema: seconds(0),
    default: '300',
    usedBy: both,
    help: 'for how many seconds nobody must have been seen using a session before a new version of its template replaces what runs; 0: only when somebody asks for it',
  },
} as const;
