import type { ServiceRecord } from '../../model/records.js';
import type { Body } from './views.js';

const VERSION = "version: '2'";

/** Rancher's line ends. */
const lines = (all: readonly string[]): string => all.map((line) => `${line}\r\n`).join('');

const text = (value: unknown): string => JSON.stringify(value);

const map = (name: string, values: Readonly<Record<string, string>> | undefined): string[] => {
  const entries = Object.entries(values ?? {});
  return entries.length === 0 ? [] : [`    ${name}:`, ...entries.map(([key, value]) => `      ${text(key)}: ${text(value)}`)];
};

const list = (name: string, values: readonly unknown[] | undefined): string[] =>
  values === undefined || values.length === 0 ? [] : [`    ${name}:`, ...values.map((value) => `    - ${text(value)}`)];

const dockerLines = ({ name, launchConfig }: ServiceRecord): string[] => {
  if (launchConfig === null) return [`  ${name}: {}`];
  const { imageUuid = '', environment, ports, dataVolumes, command, labels } = launchConfig;
  return [
    `  ${name}:`,
    `    image: ${text(imageUuid.replace(/^docker:/, ''))}`,
    ...map('environment', environment),
    ...list('ports', ports),
    ...list('volumes', dataVolumes),
    ...list('command', command),
    ...map('labels', labels),
  ];
};

const rancherLines = ({ name, scale, startOnCreate }: ServiceRecord): string[] => [
  `  ${name}:`,
  `    scale: ${scale}`,
  `    start_on_create: ${startOnCreate === true}`,
];

const compose = (services: readonly ServiceRecord[], linesOf: (service: ServiceRecord) => string[]): string =>
  lines([VERSION, ...(services.length > 0 ? ['services:', ...services.flatMap(linesOf)] : [])]);

/** What `exportconfig` answers: a stack's services as compose files; of launchConfigs the common fields only. */
export const composeConfig = (services: readonly ServiceRecord[]): Body => ({
  id: null,
  type: 'composeConfig',
  links: {},
  actions: {},
  baseType: 'composeConfig',
  dockerComposeConfig: compose(services, dockerLines),
  rancherComposeConfig: compose(services, rancherLines),
});
