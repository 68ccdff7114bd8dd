import { type Draft, type IdlePolicy, idlePolicySchema } from '@mooring/resources';
import type { Config } from './config/config.js';
import type { Command, Settings } from './config/keys.js';
import { JUPYTER_IMAGE, WORK_FOLDER } from './jupyter/image.js';

/** The template that the narrative door copies. */
export const NARRATIVE = 'narrative';

/** What narrative-traefiker takes from every container. */
const CAP_DROP = [
  'MKNOD',
  'NET_RAW',
  'SYS_CHROOT',
  'SETUID',
  'SETGID',
  'CHOWN',
  'SYS_ADMIN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'SETPCAP',
  'AUDIT_WRITE',
  'SETFCAP',
];

type TemplateDraft = Draft<'SessionTemplate'>;

/** When the sessions of a command count as idle, and what becomes of them then; every source of activity has a say. */
export function idlePolicy(settings: Settings, command: Command): IdlePolicy {
  const { MOORING_MAX_UNKNOWN: maxUnknownSeconds, MOORING_IDLE_ACTION: action = command === 'start' ? 'Stop' : 'Delete' } = settings;
  return idlePolicySchema.parse({
    afterSeconds: settings.reaper_timeout_secs,
    action,
    graceSeconds: settings.MOORING_REAPER_GRACE,
    ...(settings.MOORING_UPDATE_AFTER > 0 && { updateAfterSeconds: settings.MOORING_UPDATE_AFTER }),
    openConnections: settings.MOORING_OPEN_CONNECTIONS,
    ...(maxUnknownSeconds !== undefined && { maxUnknownSeconds }),
    startedOnce: settings.MOORING_STARTED_ONCE,
  });
}

interface Own {
  hosts: string[];
  volumes: string[];
  command: Command;
}

function narrative({ settings, sessionEnv }: Config, image: TemplateDraft['spec']['image'], own: Own): TemplateDraft {
  return {
    metadata: { name: NARRATIVE },
    spec: {
      image,
      launch: { env: sessionEnv, port: 8888, capDrop: CAP_DROP, volumes: own.volumes },
      route: { type: 'cookie', cookieName: settings.session_cookie, pathPrefix: '/narrative/', hosts: own.hosts },
      probe: { path: '/narrative/api/status' },
      idlePolicy: idlePolicy(settings, own.command),
    },
  };
}

/** For `mooring start`: the image that MOORING_IMAGE chooses, JupyterLab with a working folder that outlives the session. */
export function localTemplate(config: Config): TemplateDraft {
  const image = config.settings.MOORING_IMAGE;
  const volumes = image.name === JUPYTER_IMAGE ? [`work-$(SESSION_NAME):${WORK_FOLDER}`] : [];
  return narrative(config, image, { hosts: [], volumes, command: 'start' });
}

/** For `mooring serve`: narrative-traefiker's image. A tag that is set goes before the URL that says it. */
export function serveTemplate(config: Config): TemplateDraft {
  const { image_name: name, image_tag: tag, narrative_version_url: versionUrl, hostname } = config.settings;
  return narrative(config, tag === undefined ? { name, versionUrl } : { name, tag }, { hosts: hostname, volumes: [], command: 'serve' });
}
