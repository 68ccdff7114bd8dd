import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { runCommand } from './command.js';
import { dockerMissing, TestEngine } from './docker.js';
import { until } from './until.js';

/** What keeps the images from being built on what this program makes; undefined where nothing does. */
export const imagesMissing = (maker: string): string | undefined =>
  dockerMissing() ?? (existsSync(maker) ? undefined : `${maker}, which makes what the images are built from,`);

/** As the compose files have it. */
export const CONFINED = ['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL', '--network=host'];

interface Inspected {
  State: { Status: string; ExitCode: number; Health?: { Status: string } };
  User: string;
  ReadonlyRootfs: boolean;
}
/** Not its environment, which holds secrets, and would be in this run's log. */
const INSPECTED = '{"State": {{json .State}}, "User": {{json .Config.User}}, "ReadonlyRootfs": {{json .HostConfig.ReadonlyRootfs}}}';

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs a command to its end; answers what it printed, and its exit code. */
async function ended(command: string, args: readonly string[], env: NodeJS.ProcessEnv, withinMs = 60_000): Promise<Ended> {
  const running = runCommand(command, args, env);
  await until(() => running.child.exitCode !== null, {
    withinMs,
    what: () => `${command} ${args[0]} to end; ${running.stderr().slice(-2_000)}`,
  });
  return { code: running.child.exitCode, out: running.stdout(), err: running.stderr() };
}

/** A Docker Engine of a test's own, in which the images of deploy/ are, and a folder. */
export class Images {
  private constructor(
    readonly engine: TestEngine,
    readonly folder: string,
  ) {}

  /** Builds them: `base` and `images` are what scripts/debian-base.mjs and scripts/images.mjs are told beside the base's name. */
  static async build({ base, images }: { base: readonly string[]; images: readonly string[] }): Promise<Images> {
    const built = new Images(await TestEngine.start(), await mkdtemp(join(tmpdir(), 'mooring-image-')));
    try {
      await built.#script('debian-base.mjs', ...base, Images.base);
      await built.#script('images.mjs', '--base', Images.base, ...images);
    } catch (error) {
      await built.end();
      throw error;
    }
    return built;
  }
  static readonly base = 'mooring/debian-node';

  run(command: string, args: readonly string[], withinMs?: number, more: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return ended(command, args, { ...process.env, ...more, DOCKER_HOST: this.engine.url }, withinMs);
  }

  async docker(...args: string[]): Promise<string> {
    const { code, out, err } = await this.run('docker', args);
    expect([args[0], code, code === 0 ? '' : err]).toEqual([args[0], 0, '']);
    return out.trim();
  }

  async inspect(name: string): Promise<Inspected> {
    return JSON.parse(await this.docker('inspect', `--format=${INSPECTED}`, name)) as Inspected;
  }

  async untilHealthy(name: string): Promise<void> {
    await until(
      async () => {
        const { State } = await this.inspect(name);
        if (State.Status !== 'running')
          throw new Error(`${name} has ended: ${(await this.run('docker', ['logs', name])).out.slice(-2_000)}`);
        return State.Health?.Status === 'healthy';
      },
      { withinMs: 60_000, what: () => `${name} to pass its HEALTHCHECK` },
    );
  }

  async end(): Promise<void> {
    await this.engine.end();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #script(name: string, ...args: string[]): Promise<void> {
    const { code, err } = await this.run(process.execPath, [`scripts/${name}`, ...args], 500_000);
    expect([name, code, code === 0 ? '' : err.slice(-4_000)]).toEqual([name, 0, '']);
  }
}
