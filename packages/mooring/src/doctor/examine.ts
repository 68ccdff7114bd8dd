import { type Config, unusedBy } from '../config/config.js';
import { traefikApiUrl } from '../traefik/api-url.js';
import { type Finding, fine, warning } from './finding.js';
import { examineIdentity } from './identity.js';
import { type Look, lookOver } from './look.js';
import { examineMachine } from './machine.js';
import { examineRancher } from './rancher.js';
import { examineServing } from './serving.js';
import { examineTraefik } from './traefik.js';

function examineConfiguration(config: Config): Finding {
  const unused = unusedBy('serve', config);
  if (unused.length === 0) return fine('configuration', 'every variable that is set is used');
  return warning('configuration', `set, but not used: ${unused.join(', ')}`, 'take them away, so that nobody believes in them');
}

/** Looks at all that a site consists of. Nothing is changed anywhere. */
export async function examine(config: Config, look: Look = lookOver): Promise<Finding[]> {
  const { settings } = config;
  const findings = await Promise.all([
    examineConfiguration(config),
    examineMachine(settings.MOORING_DATA),
    examineRancher(settings, look),
    examineTraefik({ settings, apiUrl: traefikApiUrl(settings) }, look),
    examineIdentity(settings, look),
    examineServing(settings, look),
  ]);
  return findings.flat();
}
