import { RancherClient } from '@mooring/rancher-client';
import { z } from 'zod';
import type { Settings } from '../config/keys.js';
import { explainFailure } from '../serve/explain.js';
import { locatePlace, type Place } from '../serve/locate.js';
import { type Finding, fine, problem, warning } from './finding.js';
import { jsonOf } from './json.js';
import { type Look, type Seen, wordsFor } from './look.js';

type PlaceSettings = Pick<Settings, 'rancher_env_url' | 'rancher_stack_id' | 'rancher_stack_name'>;

const DEADLINE_MS = 10_000;
/** Containers' times are compared with ours in seconds; a grace of a minute forgives no more. */
const MOST_SKEW_MS = 5_000;

/** How far Rancher's clock is from ours, by the header Date, which counts in seconds. */
export function judgeSkew(date: string | null, now: number): Finding {
  const check = 'clock';
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return fine(check, 'Rancher does not tell its time');
  const offMs = Math.abs(theirs - now);
  const off = Math.round(offMs / 1000);
  if (offMs <= MOST_SKEW_MS) return fine(check, `${off} s from Rancher's`);
  return warning(
    check,
    `this machine's clock is ${off} s from Rancher's`,
    'have both set their time by NTP: times in logs, in Events and of sign-ins do not fit together',
  );
}

const schemaSchema = z.object({ collectionMethods: z.array(z.string()), resourceMethods: z.array(z.string()) });
const NEEDED = { collectionMethods: ['GET', 'POST'], resourceMethods: ['GET', 'PUT', 'DELETE'] } as const;

/** What Rancher lets this key do with services, as the schema that it shows to the key says. */
export function judgeRights(seen: Seen): Finding {
  const check = 'Rancher rights';
  const cure = 'make an API key of the environment (API > Keys > Advanced), or have the account be an owner or a member of it';
  const parsed = 'error' in seen ? undefined : schemaSchema.safeParse(jsonOf(seen.text)).data;
  if (!parsed) return warning(check, `what the key may do can't be read: ${wordsFor(seen)}`, cure);
  const missing = Object.entries(NEEDED).flatMap(([kind, methods]) =>
    methods.filter((method) => !parsed[kind as keyof typeof NEEDED].includes(method)),
  );
  if (missing.length === 0) return fine(check, 'the key may read, create, change and remove services');
  return problem(check, `the key may not ${missing.join(', ')} services`, cure);
}

/** Rancher's metadata tell the own stack, where nothing else does. */
export function judgeMetadata(
  seen: Seen,
  { rancher_env_url: environment, rancher_stack_id: id, rancher_stack_name: name }: PlaceSettings,
): Finding {
  const check = 'Rancher metadata';
  if (!('error' in seen) && seen.status === 200) return fine(check, 'they answer');
  const said = `they can't be read: ${wordsFor(seen)}`;
  if (environment !== undefined && (id ?? name) !== undefined) return fine(check, `${said}; the place is set, so they are not asked`);
  return problem(
    check,
    said,
    'run Mooring in a container of the stack, or correct rancher_meta; or set rancher_env_url and rancher_stack_name, which need no metadata',
  );
}

const lookAtMetadata = async (settings: Settings, look: Look): Promise<Finding> =>
  judgeMetadata(await look(`${settings.rancher_meta.replace(/\/+$/, '')}/2016-07-29/self/stack/name`), settings);

/** Looks for the place as serve does, at what the key may do there, and at the metadata. */
export const examineRancher = async (settings: Settings, look: Look): Promise<Finding[]> => [
  ...(await examinePlace(settings, look)),
  await lookAtMetadata(settings, look),
];

async function examinePlace(settings: Settings, look: Look): Promise<Finding[]> {
  const { rancher_url: url = '', rancher_user: accessKey, rancher_password: secretKey } = settings;
  const client = new RancherClient({ url, accessKey, secretKey, deadlineMs: DEADLINE_MS });
  let place: Place;
  try {
    place = await locatePlace(client, settings);
  } catch (error) {
    return [problem('Rancher', 'the place for sessions is not found', explainFailure(error, settings))];
  } finally {
    await client.close();
  }
  const { projectId, stackId, stackName } = place;
  const authorization = accessKey && `Basic ${Buffer.from(`${accessKey}:${secretKey}`).toString('base64')}`;
  const schema = await look(`${url.replace(/\/+$/, '')}/projects/${projectId}/schemas/service`, {
    accept: 'application/json',
    ...(authorization && { authorization }),
  });
  return [
    fine('Rancher', `sessions go into the stack ${stackName ?? stackId} (${stackId}) of environment ${projectId}`),
    judgeRights(schema),
    'error' in schema ? judgeSkew(null, 0) : judgeSkew(schema.headers.get('date'), schema.at),
    ...(accessKey
      ? []
      : [warning('Rancher key', 'Rancher lets everybody in', 'turn on its access control, and set rancher_user and rancher_password')]),
  ];
}
