import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const jobSchema = z.object({
  scripturl: z.string().optional(),
  dataurl: z.string().optional(),
  datapath: z.string().optional(),
});
export type Job = z.infer<typeof jobSchema>;

/** `container`: Rancher's id of the one that it was put into. */
const deliverySchema = z.object({ container: z.string(), outcome: z.enum(['delivered', 'failed']), message: z.string() });
export type Delivery = z.infer<typeof deliverySchema>;

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** What is put into containers, a folder each by its id. What was saved is on disk. It may be secret: only its owner can read it. */
export class JobFiles {
  constructor(private readonly folder: string) {}

  async save(id: string, job: Job, script: Uint8Array | undefined): Promise<void> {
    await mkdir(this.folderOf(id), { recursive: true, mode: 0o700 });
    if (script !== undefined) await this.saveScript(id, script);
    await writeWhole(join(this.folderOf(id), 'job.json'), JSON.stringify(job));
  }

  saveScript(id: string, script: Uint8Array): Promise<void> {
    return writeWhole(join(this.folderOf(id), 'script'), script);
  }

  /** undefined where nothing was saved, or it is gone. */
  async load(id: string): Promise<Job | undefined> {
    const text = await readIfThere(join(this.folderOf(id), 'job.json'));
    return text && jobSchema.parse(JSON.parse(text.toString()));
  }

  script(id: string): Promise<Buffer | undefined> {
    return readIfThere(join(this.folderOf(id), 'script'));
  }

  async delivery(id: string): Promise<Delivery | undefined> {
    const text = await readIfThere(join(this.folderOf(id), 'delivery.json'));
    return text && deliverySchema.parse(JSON.parse(text.toString()));
  }

  noteDelivery(id: string, delivery: Delivery): Promise<void> {
    return writeWhole(join(this.folderOf(id), 'delivery.json'), JSON.stringify(delivery));
  }

  /** A place for what is on its way, which goes with the rest. */
  draft(id: string, name: string): string {
    return join(this.folderOf(id), name);
  }

  remove(id: string): Promise<void> {
    return rm(this.folderOf(id), { recursive: true, force: true });
  }

  async ids(): Promise<string[]> {
    return readdir(this.folder).catch(() => []);
  }

  private folderOf(id: string): string {
    return join(this.folder, id);
  }
}
