import { imageTagSchema, nameSchema } from '@mooring/resources';
import { z } from 'zod';
import { badReferences } from '../templates.js';

/** A registry, with a port if it has one, and the parts of a name, which Docker wants in lower case. */
const REPOSITORY = /^(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
/** Absolute, and no part of it leads up. */
const DATA_PATH = /^(?:\/(?!\.\.(?:\/|$))[A-Za-z0-9._ -]*)+$/;

const urlSchema = z.url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' }).max(2048);

const argsSchema = z
  .union([z.string().max(8192), z.array(z.string().max(8192)).max(256)])
  .default([])
  .transform((args) => (typeof args === 'string' ? args.split(/\s+/).filter((word) => word !== '') : args));

const valueSchema = z
  .string()
  .max(8192)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what execve can't carry
  .regex(/^[^\u0000]*$/, 'must not contain a NUL character')
  .refine(
    (value) => badReferences(value).length === 0,
    'has double braces that are no {{ containers.<name>.address }} or {{ containers.<name>.port.<port> }}',
  );

/** What a container is made of, in boatload's words, and what its users wished for. */
export const createFields = {
  image_name: z
    .string()
    .max(255)
    .regex(REPOSITORY, 'must be an image in lower case without a tag or digest, such as ubuntu; a tag goes into image_tag')
    .describe('Such as `ubuntu` or `registry.example/lab/tool`, without a tag.'),
  image_tag: imageTagSchema.default('latest'),
  scripturl: urlSchema.optional().describe('Where the script is fetched from, in place of `script`.'),
  scriptname: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'must be the name of a file, of letters, digits and ._-')
    .default('script'),
  dataurl: urlSchema.optional().describe('A .zip, .tar or .tar.gz that is unpacked into `datapath`, or a file that is put there.'),
  datapath: z.string().max(1024).regex(DATA_PATH, 'must be an absolute path in the container, without ..').optional(),
  container_args: argsSchema.describe('What the script is called with: words, or a list.'),
  name: nameSchema.optional().describe('By which others of your containers name this one. It is yours alone once.'),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'), valueSchema).default({}),
  ports: z.array(z.int().min(1).max(65535)).max(32).default([]).describe('TCP ports that other containers and the proxy may reach.'),
  permanent: z.boolean().default(false).describe('true: started again whenever it ends. false: it runs once.'),
  ttl: z.int().min(1).max(31_536_000).optional().describe('Seconds after which it is deleted.'),
} as const;

const script = z.base64('must be base64').min(4).describe('The script in base64; its first line says what runs it, as in #!/bin/sh.');

/** As JSON; the script is in base64. */
export const createSchema = z.strictObject({ ...createFields, script: script.optional() });
export type CreateBody = Omit<z.output<typeof createSchema>, 'script'>;

const { scripturl: _, ...others } = createFields;

/** The same for the description: one of the two is there. */
export const describedSchema = z.union([
  z.strictObject({ ...others, script }),
  z.strictObject({ ...others, scripturl: urlSchema.describe('Where the script is fetched from.') }),
]);
