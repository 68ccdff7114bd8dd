import type { FieldRule, FieldRules } from './fields.js';

/** Recording 08-10-schema-launchConfig: the same for capAdd and capDrop. */
const CAPABILITIES = [
  ...['ALL', 'AUDIT_CONTROL', 'AUDIT_WRITE', 'BLOCK_SUSPEND', 'CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'IPC_LOCK'],
  ...['IPC_OWNER', 'KILL', 'LEASE', 'LINUX_IMMUTABLE', 'MAC_ADMIN', 'MAC_OVERRIDE', 'MKNOD', 'NET_ADMIN', 'NET_BIND_SERVICE'],
  ...['NET_BROADCAST', 'NET_RAW', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYSLOG', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_CHROOT', 'SYS_MODULE'],
  ...['SYS_NICE', 'SYS_PACCT', 'SYS_PTRACE', 'SYS_RAWIO', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'WAKE_ALARM'],
] as const;

const each = (rule: FieldRule, names: readonly string[]): FieldRules => Object.fromEntries(names.map((name) => [name, rule]));

/** Recording 08-10-schema-instanceHealthCheck. */
const HEALTH_CHECK_FIELDS: FieldRules = {
  port: { type: 'int', required: true, min: 1, max: 65_535 },
  strategy: { type: 'string', options: ['none', 'recreate', 'recreateOnQuorum'] },
  ...each({ type: 'int' }, ['healthyThreshold', 'initializingTimeout', 'interval', 'reinitializingTimeout', 'responseTimeout']),
  ...each({ type: 'int' }, ['unhealthyThreshold']),
  ...each({ type: 'string' }, ['name', 'requestLine']),
  recreateOnQuorumStrategyConfig: { type: 'any' },
};

/** What a launchConfig may hold when it is created; `restartPolicy` isn't among it (README 5). */
export const LAUNCH_CONFIG_FIELDS: FieldRules = {
  imageUuid: { type: 'string' },
  environment: { type: 'stringMap', isNeverNull: true },
  labels: { type: 'stringMap', isNeverNull: true },
  secrets: { type: 'any', isNeverNull: true },
  healthCheck: { type: 'object', fields: HEALTH_CHECK_FIELDS },
  capAdd: { type: 'strings', options: CAPABILITIES },
  capDrop: { type: 'strings', options: CAPABILITIES },
  instanceTriggeredStop: { type: 'string', options: ['stop', 'remove'] },
  kind: { type: 'string', options: ['container', 'virtualMachine'] },
  pidMode: { type: 'string', options: ['host'] },
  hostname: { type: 'string', minLength: 1, maxLength: 255 },
  user: { type: 'string', minLength: 1 },
  workingDir: { type: 'string', minLength: 1 },
  description: { type: 'string', maxLength: 1024 },
  userdata: { type: 'string', maxLength: 65_535 },
  ...each({ type: 'int' }, ['blkioWeight', 'count', 'cpuCount', 'cpuPercent', 'cpuPeriod', 'cpuQuota', 'cpuRealtimePeriod']),
  ...each({ type: 'int' }, ['cpuRealtimeRuntime', 'cpuShares', 'diskQuota', 'drainTimeoutMs', 'healthInterval', 'healthRetries']),
  ...each({ type: 'int' }, ['healthTimeout', 'ioMaximumBandwidth', 'ioMaximumIOps', 'kernelMemory', 'memory', 'memoryMb']),
  ...each({ type: 'int' }, ['memoryReservation', 'memorySwap', 'memorySwappiness', 'milliCpuReservation', 'oomScoreAdj', 'pidsLimit']),
  ...each({ type: 'int' }, ['shmSize', 'stopTimeout', 'vcpu']),
  ...each({ type: 'string' }, ['cgroupParent', 'cpuSet', 'cpuSetMems', 'domainName', 'ip', 'ip6', 'ipcMode', 'isolation', 'networkMode']),
  ...each({ type: 'string' }, ['networkLaunchConfig', 'requestedHostId', 'requestedIpAddress', 'stopSignal', 'usernsMode', 'uts']),
  ...each({ type: 'string' }, ['volumeDriver']),
  ...each({ type: 'boolean' }, [
    'oomKillDisable',
    'privileged',
    'publishAllPorts',
    'readOnly',
    'runInit',
    'startOnCreate',
    'stdinOpen',
    'tty',
  ]),
  ...each({ type: 'strings' }, ['command', 'dataVolumes', 'dataVolumesFrom', 'dataVolumesFromLaunchConfigs', 'devices', 'dns', 'dnsOpt']),
  ...each({ type: 'strings' }, [
    'dnsSearch',
    'entryPoint',
    'expose',
    'extraHosts',
    'groupAdd',
    'healthCmd',
    'netAlias',
    'ports',
    'securityOpt',
  ]),
  ...each({ type: 'stringMap' }, ['lxcConf', 'storageOpt', 'sysctls', 'tmpfs']),
  ...each({ type: 'any' }, ['blkioDeviceOptions', 'build', 'dataVolumeMounts', 'disks', 'logConfig', 'ulimits']),
};
