import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Baseline } from '../archive/repack.js';

const schema = z.record(z.string(), z.object({ size: z.number(), mtime: z.number() }));

/** Its files. What else lies there, such as a volume's lost+found, isn't ours. */
const FILE = /^([0-9a-f]+)\.json(\.new)?$/;

/** What was put into each container, kept in a folder: by Docker's id, which is hex. */
export class Baselines {
  constructor(private readonly folder: string) {}

  /** A file that is not there, or was cut short, counts as none. */
  async of(id: string): Promise<Baseline> {
    try {
      return schema.parse(JSON.parse(await readFile(this.#path(id), 'utf8')));
    } catch {
      return {};
    }
  }

  async add(id: string, put: Baseline): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = this.#path(id);
    await writeFile(`${path}.new`, JSON.stringify({ ...(await this.of(id)), ...put }), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  /** Forgets the containers that aren't among these, which are asked for afterwards: one that comes in between is among them. */
  async keepOnly(ids: () => Promise<ReadonlySet<string>>): Promise<void> {
    const names = (await readdir(this.folder).catch(() => [])).filter((name) => FILE.test(name));
    if (names.length === 0) return;
    const there = await ids();
    const gone = names.filter((name) => !there.has(name.replace(FILE, '$1')));
    await Promise.all(gone.map((name) => rm(join(this.folder, name), { force: true })));
  }

  #path(id: string): string {
    return join(this.folder, `${id}.json`);
  }
}
