import { parseReference } from '@mooring/resources';
import { z } from 'zod';
import { Problem } from '../http/problem.js';

/** What a published image asks for, as it was told. */
export interface Published {
  /** Without `docker:`. */
  image: string;
  confirm: boolean;
  startFirst: boolean;
  timeoutSeconds: number;
}

const MAX_SECONDS = 86_400;

const image = z
  .string()
  .min(1)
  .max(512)
  .transform((text) => text.replace(/^docker:/, ''))
  .refine(
    (text) => parseReference(text) !== undefined,
    'must be an image such as registry.example:5000/acme/web:1.2, with docker: in front or without',
  );

/** rancher-service-updater's own body, with its defaults; what else is in it is ignored, as there. */
const ownSchema = z
  .object({
    docker_image: image,
    confirm: z.boolean().default(false),
    start_first: z.boolean().default(false),
    timeout: z.int().min(1, 'must be 1 or more').max(MAX_SECONDS, `must be ${MAX_SECONDS} (a day) or less`).default(30),
  })
  .transform(({ docker_image, confirm, start_first: startFirst, timeout }) => ({
    image: docker_image,
    confirm,
    startFirst,
    timeoutSeconds: timeout,
  }));

/** A webhook says no more than what was published: that is confirmed when it went well, or nobody would. */
const pushed = (published: string): Published => ({ image: published, confirm: true, startFirst: false, timeoutSeconds: 30 });

/** Docker Hub's webhook (its documentation, "Webhooks"), and that of registries that send the same. */
const hubSchema = z
  .object({ push_data: z.object({ tag: z.string().min(1) }), repository: z.object({ repo_name: z.string().min(1) }) })
  .transform(({ push_data, repository }) => `${repository.repo_name}:${push_data.tag}`)
  .pipe(image)
  .transform(pushed);

const packageSchema = z.object({
  namespace: z.string().min(1),
  name: z.string().min(1),
  package_version: z.object({ container_metadata: z.object({ tag: z.object({ name: z.string().min(1) }) }) }),
});

/** GitHub's events `package` and `registry_package` of a container image (its documentation, "Webhook events and payloads"). */
const githubSchema = z
  .object({ action: z.string(), package: packageSchema.optional(), registry_package: packageSchema.optional() })
  .transform((event, context) => {
    const found = event.registry_package ?? event.package;
    if (found) return `ghcr.io/${found.namespace}/${found.name}:${found.package_version.container_metadata.tag.name}`.toLowerCase();
    context.addIssue('has no package');
    return z.NEVER;
  })
  .pipe(image)
  .transform(pushed);

function kindOf(body: object): z.ZodType<Published> {
  if ('push_data' in body) return hubSchema;
  return 'package' in body || 'registry_package' in body ? githubSchema : ownSchema;
}

const problem = (detail: string, errors: { field: string; message: string }[] = []): Problem =>
  new Problem({ status: 400, code: 'invalid-body', title: 'Bad Request', detail, ...(errors.length > 0 && { errors }) });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws a 400 Problem that names each field */
export function readPublished(text: string): Published {
  const body = parseJson(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw problem(
      'The body must be JSON such as {"docker_image": "docker:acme/web:2.0", "confirm": true}, or the payload of Docker Hub or GitHub.',
    );
  const parsed = kindOf(body).safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'body', message }));
  throw problem(`The body is not as it must be: ${errors.map(({ field, message }) => `${field} ${message}`).join('; ')}.`, errors);
}
