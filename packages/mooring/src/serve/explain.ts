import { RancherError, RancherUnreachableError } from '@mooring/rancher-client';
import type { Settings } from '../config/keys.js';

/** What kept the place from being found, as a sentence that names the keys of the configuration to look at. */
export function explainFailure(
  error: unknown,
  { rancher_url: url = '', rancher_user: user }: Pick<Settings, 'rancher_url' | 'rancher_user'>,
): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RancherUnreachableError)
    return `Rancher at ${url} can't be asked: ${message} It is asked again; if that is not where Rancher is, correct rancher_url.`;
  if (error instanceof RancherError && error.status === 401)
    return `${message} ${user === undefined ? 'Set' : 'Correct'} rancher_user and rancher_password.`;
  return message;
}
