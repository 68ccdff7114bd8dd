import { dirname } from 'node:path';
import { RuntimeError } from './errors.js';
import type { ContainerFolders } from './folders.js';
import type { ImageSpec } from './image-manifest.js';
import type { ContainerSpec } from './runtime.js';
import { containerPath, type Mounts, scratchVolume } from './volumes.js';

const DEFAULT_PORT = 8888;
/** Docker's own PATH, behind the folder of the Node that runs this. */
const PATH = `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

/** What a container has been given here. */
export interface Place {
  address: string;
  folders: ContainerFolders;
  mounts: Mounts;
  markers: Readonly<Record<string, string>>;
}

/** What is to be spawned. */
export interface Launch {
  file: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  workingDir: string;
  /** To be there before it starts. */
  needs: readonly string[];
}

export function portsOf(spec: ContainerSpec): readonly number[] {
  return spec.ports.length > 0 ? spec.ports : [DEFAULT_PORT];
}

/**
 * The command line is the entrypoint, the container's own or else the image's, then the container's own command or else the image's. Nothing of this process'
 * environment is passed on. Only the image's own texts are filled in: what a container brings is data.
 * @throws RuntimeError InvalidImage where there is no command at all
 */
export function planLaunch(spec: ContainerSpec, image: ImageSpec, place: Place): Launch {
  const filler = new Filler(spec, place);
  const [file, ...args] = commandLine(spec, image, filler);
  if (file === undefined) {
    throw new RuntimeError(
      'InvalidImage',
      `image: ${JSON.stringify(spec.image)} has neither entrypoint nor command. Give the container a command.`,
    );
  }
  const env = { ...baseEnvironment(place), ...filler.fillValues(image.env ?? {}), ...spec.env, ...place.markers };
  const workingDir = image.workingDir === undefined ? place.folders.home : filler.fill(image.workingDir);
  const { home, temporary } = place.folders;
  return { file, args, env, workingDir, needs: [home, temporary, workingDir, ...place.mounts.values(), ...filler.scratchVolumes] };
}

function commandLine({ command = [], entrypoint }: ContainerSpec, image: ImageSpec, filler: Filler): readonly string[] {
  if (entrypoint !== undefined) return [...entrypoint, ...command];
  return [...filler.fillAll(image.entrypoint ?? []), ...(command.length > 0 ? command : filler.fillAll(image.command))];
}

/** CONTAINER_ROOT is what stands for `/`, and CONTAINER_ADDRESS where it may listen: a process has neither to itself as a container has. */
function baseEnvironment({ folders, address }: Place): Record<string, string> {
  const { home: HOME, temporary: TMPDIR, scratch: CONTAINER_ROOT } = folders;
  return { PATH, HOME, TMPDIR, LANG: 'C.UTF-8', CONTAINER_ROOT, CONTAINER_ADDRESS: address };
}

class Filler {
  /** Folders that stand for volumes which the image speaks of and the container doesn't mount. */
  readonly scratchVolumes = new Set<string>();

  constructor(
    private readonly spec: ContainerSpec,
    private readonly place: Place,
  ) {}

  fill(text: string): string {
    return text
      .replaceAll(/\{volume:([^}]+)\}/g, (_, path: string) => this.#volume(path))
      .replaceAll(/\{(ip|port|folder)\}/g, (_, name: 'ip' | 'port' | 'folder') => this.#value(name));
  }

  fillAll(texts: readonly string[]): string[] {
    return texts.map((text) => this.fill(text));
  }

  fillValues(values: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, this.fill(value)]));
  }

  #value(name: 'ip' | 'port' | 'folder'): string {
    const { address, folders } = this.place;
    return { ip: address, port: String(portsOf(this.spec)[0]), folder: folders.scratch }[name];
  }

  #volume(path: string): string {
    const mounted = this.place.mounts.get(containerPath(path));
    if (mounted !== undefined) return mounted;
    const folder = scratchVolume(this.place.folders.scratch, path);
    this.scratchVolumes.add(folder);
    return folder;
  }
}
