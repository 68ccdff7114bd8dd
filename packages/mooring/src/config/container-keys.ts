import { z } from 'zod';
import { isPasswordHash } from '../passwords/hash.js';
import { cidrList, httpUrl, oneOf, seconds } from './values.js';

const both = ['start', 'serve'] as const;
const serve = ['serve'] as const;

const bytes = z
  .string()
  .regex(/^(?!0+$)\d{1,12}$/, 'must be between 1 and 999999999999 bytes, such as 1048576')
  .transform(Number);

/** What the container API, /v1, is configured by. */
export const CONTAINER_KEYS = {
  MOORING_CONTAINERS: {
    schema: oneOf('on', 'off'),
    default: 'on',
    usedBy: both,
    help: 'whether people may run scripts in containers of their own, by /v1/container/; with serve they may where there is MOORING_SATELLITE_SECRET_FILE, too',
  },
  MOORING_SATELLITE_SECRET_FILE: {
    schema: z.string().min(1).optional(),
    usedBy: serve,
    help: 'the file of the secrets that requests to the satellites are signed with, a line each of 32 characters or more; the first signs',
  },
  MOORING_CONTAINERS_PROXY: {
    schema: httpUrl.optional(),
    usedBy: both,
    help: 'a caching proxy that containers are told of as http_proxy, such as http://squid:3128',
  },
  ADMINHASH: {
    schema: z
      .string()
      .refine(isPasswordHash, 'must be what mooring hash-password prints, an argon2 hash, or a pbkdf2_sha256 hash of boatload’s')
      .optional(),
    usedBy: both,
    secret: true,
    help: 'the hash of the password of the user admin; where it is not set, the first start makes a password and prints it',
  },
  MOORING_SCRIPT_LIMIT: { schema: bytes, default: '1048576', usedBy: both, help: 'how many bytes a script may have' },
  MOORING_DATA_LIMIT: {
    schema: bytes,
    default: '999999999',
    usedBy: both,
    help: 'how many bytes of data are fetched for a container, and how many an archive may hold',
  },
  MOORING_FETCH_SECONDS: { schema: seconds(1), default: '300', usedBy: both, help: 'how long a script or data may take to be fetched' },
  MOORING_FETCH_FROM: {
    schema: cidrList,
    default: '',
    usedBy: both,
    help: 'addresses and networks that scripts and data are fetched from though they are not of the public internet, separated by commas',
  },
} as const;
