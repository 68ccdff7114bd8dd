import type { Server } from './server.js';

/** Keys and tokens are cut out of the recordings; the name of an exchange says whose it was. */
const ROLES = [
  'admin-userpass',
  'bad-secret',
  'bad-key',
  'bad-auth',
  'basic-garbage',
  'bearer-garbage',
  'account-key',
  'env-key',
  'envkey',
  'noauth',
] as const;
type Role = (typeof ROLES)[number];

export interface Key {
  publicValue: string;
  secretValue: string;
}

const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const roleOf = (name: string): Role => {
  if (name.includes('ws-bad')) return 'bad-key';
  if (name.includes('deactivated-key')) return 'env-key';
  // Without a word of it: the block about keys was recorded with the administrator's, others with an environment's.
  return ROLES.find((role) => name.includes(role)) ?? (name.startsWith('10-') ? 'account-key' : 'env-key');
};

/** What a server's keys are, as they were made. */
export class Roles {
  account: Key | undefined;
  environment: Key | undefined;

  /** Makes an environment's key of its own, for what the recordings made one for without telling. */
  async makeEnvironmentKey(server: Server): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ type: 'apiKey', accountId: '1a5' });
    const answer = await server.call({ method: 'POST', path: '/v2-beta/apikeys', headers, body });
    this.learn(answer.body);
  }

  /** A key that was just created. */
  learn(body: unknown): void {
    const { type, accountId, publicValue, secretValue } = body as Key & { type?: string; accountId?: string };
    if (type !== 'apiKey' || typeof secretValue !== 'string') return;
    const key = { publicValue, secretValue };
    if (accountId === '1a5') this.environment ??= key;
    else this.account ??= key;
  }

  /** The Authorization header of an exchange, undefined for none. */
  authorization(name: string): string | undefined {
    const pair = (key: Key | undefined): string => basic(key?.publicValue ?? 'nobody', key?.secretValue ?? 'nothing');
    const values: Readonly<Record<Role, string | undefined>> = {
      'account-key': pair(this.account),
      'env-key': pair(this.environment),
      envkey: pair(this.environment),
      'admin-userpass': basic('admin', 'adminpass'),
      'bad-secret': basic(this.environment?.publicValue ?? 'nobody', 'wrong'),
      'bad-key': basic('00000000000000000000', 'wrong'),
      'bad-auth': basic('00000000000000000000', 'wrong'),
      'basic-garbage': 'Basic garbage',
      'bearer-garbage': 'Bearer garbage',
      noauth: undefined,
    };
    return values[roleOf(name)];
  }
}
