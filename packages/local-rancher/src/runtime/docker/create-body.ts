import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import { portsOf } from '../launch.js';
import type { ContainerSpec } from '../runtime.js';
import { parseVolume } from '../volumes.js';
import { INSTALLATION_LABEL, NAME_LABEL, prefixOf, UUID_LABEL } from './labels.js';

interface Place {
  installation: string;
  /** What `managed` means here. */
  network: string;
}

/** A log is kept up to so many bytes, twice. */
const LOG = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } };

/** Rancher's modes that Docker has by the same name; every other one but `managed` names a network. */
const networkOf = (mode: string | undefined, { network }: Place): string => (mode === undefined || mode === 'managed' ? network : mode);

/**
 * `name:/path` is a volume of the installation's, `/folder:/path` a folder of the host; options such as `:ro` are Docker's.
 * @throws RuntimeError InvalidVolume
 */
const bindOf = (text: string, { installation }: Place): string | undefined => {
  const { source } = parseVolume(text);
  if (source.kind === 'anonymous') return undefined;
  return source.kind === 'named' ? `${prefixOf(installation)}-${text}` : text;
};

const binds = (spec: ContainerSpec, place: Place): string[] => spec.volumes.flatMap((text) => bindOf(text, place) ?? []);

const anonymous = (spec: ContainerSpec): Record<string, Record<string, never>> => {
  const volumes = spec.volumes.map(parseVolume).filter(({ source }) => source.kind === 'anonymous');
  return Object.fromEntries(volumes.map(({ target }) => [target, {}]));
};

function hostConfig(spec: ContainerSpec, place: Place): HostConfig {
  const { capAdd, capDrop, privileged, readOnly, networkMode } = spec.confinement ?? {};
  return {
    NetworkMode: networkOf(networkMode, place),
    // Rancher decides what is started again.
    RestartPolicy: { Name: 'no' },
    LogConfig: LOG,
    Binds: binds(spec, place),
    ...(spec.memory !== undefined && { Memory: spec.memory }),
    ...(capAdd && { CapAdd: [...capAdd] }),
    ...(capDrop && { CapDrop: [...capDrop] }),
    ...(privileged && { Privileged: true }),
    ...(readOnly && { ReadonlyRootfs: true }),
  };
}

/**
 * The body of the Engine's POST /containers/create. No port of the host is bound: whoever asks for the container reaches its address.
 * @throws RuntimeError InvalidVolume
 */
export function createBody(spec: ContainerSpec, place: Place): ContainerCreateOptions {
  const { entryPoint, user, workingDir, hostname, tty, stdinOpen, stopSignal } = spec.confinement ?? {};
  return {
    name: `r-${spec.name}-${spec.uuid.slice(0, 8)}`,
    Image: spec.image,
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: { ...spec.labels, [UUID_LABEL]: spec.uuid, [NAME_LABEL]: spec.name, [INSTALLATION_LABEL]: place.installation },
    ExposedPorts: Object.fromEntries(portsOf(spec).map((port) => [`${port}/tcp`, {}])),
    Volumes: anonymous(spec),
    HostConfig: hostConfig(spec, place),
    Tty: tty ?? false,
    OpenStdin: stdinOpen ?? false,
    ...(spec.command && spec.command.length > 0 && { Cmd: [...spec.command] }),
    ...(entryPoint && { Entrypoint: [...entryPoint] }),
    ...(user !== undefined && { User: user }),
    ...(workingDir !== undefined && { WorkingDir: workingDir }),
    ...(hostname !== undefined && { Hostname: hostname }),
    ...(stopSignal !== undefined && { StopSignal: stopSignal }),
  };
}
