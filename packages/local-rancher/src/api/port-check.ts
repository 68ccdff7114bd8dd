import { ApiError } from './errors.js';

const MAX_PORT = 65_535;
const PROTOCOLS: readonly string[] = ['tcp', 'udp'];

const wrong = (code: string, message: string): ApiError => new ApiError(422, `Port${code}`, { message });

/** Without the address before it: `[v6]:…`, or whatever stands before the second last colon. */
const withoutAddress = (text: string): string => {
  const v6 = /^\[[^\]]*\]:?(.+)$/.exec(text)?.[1];
  return v6 ?? /^[^:]*:([^:]*:[^:]*)$/.exec(text)?.[1]?.replace(/^:/, '') ?? text;
};

const isPort = (digits: string): boolean => Number(digits) > 0 && Number(digits) <= MAX_PORT;

/**
 * `[address:][public:]private[/protocol]`.
 * @throws ApiError 422, with a sentence and without a field (recording 03-05b)
 */
export const checkPort = (text: string): void => {
  const match = /^(?:(\d+):)?(\d+)(?:\/(.*))?$/.exec(withoutAddress(text));
  if (!match) throw wrong('WrongFormat', 'the specified port spec format is wrong');
  const [, publicPort, privatePort = '', protocol = 'tcp'] = match;
  if (!isPort(privatePort)) throw wrong('InvalidPrivatePort', `incorrect private port, valid range is 0-${MAX_PORT}`);
  if (publicPort !== undefined && !isPort(publicPort))
    throw wrong('InvalidPublicPort', `incorrect public port, valid range is 0-${MAX_PORT}`);
  if (!PROTOCOLS.includes(protocol)) throw wrong('InvalidProtocol', 'invalid protocol, only tcp/udp is allowed');
};
