const words = (lines: readonly string[]): string[] => lines.flatMap((line) => line.split(' '));

/** Types with a list of their own (recording 08-11: collectionMethods with GET). */
export const LISTED_TYPES: readonly string[] = words([
  'account apiKey auditLog backup backupTarget certificate composeProject composeService container containerEvent',
  'credential dnsService externalDnsEvent externalEvent externalHostEvent externalService externalServiceEvent',
  'externalStoragePoolEvent externalVolumeEvent genericObject healthcheckInstanceHostMap host hostTemplate identity',
  'image instance instanceLink ipAddress kubernetesService kubernetesStack label loadBalancerService machine machineDriver',
  'mount network networkDriver networkDriverService networkPolicyRuleWithin password physicalHost port project',
  'projectMember projectTemplate pullTask region register registrationToken registry registryCredential scheduledUpgrade',
  'schema secret service serviceConsumeMap serviceEvent serviceExposeMap serviceLog serviceProxy setting snapshot',
  'stack storageDriver storageDriverService storagePool subnet subscribe typeDocumentation virtualMachine volume',
  'volumeTemplate',
]);

/** Types that are parts of others, or input of actions. */
const OTHER_TYPES: readonly string[] = words([
  'activeSetting addOutputsInput addRemoveServiceLinkInput baseMachineConfig binding blkioDeviceOption catalogTemplate',
  'changeSecretInput composeConfig composeConfigInput containerExec containerLogs containerProxy defaultNetwork',
  'dockerBuild fieldDocumentation hostAccess inServiceUpgradeStrategy instanceConsole instanceConsoleInput instanceHealthCheck',
  'instanceStop kubernetesStackUpgrade launchConfig lbConfig lbTargetConfig loadBalancerCookieStickinessPolicy',
  'logConfig mountEntry networkPolicyRule networkPolicyRuleBetween networkPolicyRuleMember nfsConfig portRule',
  'publicEndpoint recreateOnQuorumStrategyConfig restartPolicy restoreFromBackupInput revertToSnapshotInput rollingRestartStrategy',
  'scalePolicy secondaryLaunchConfig secretReference serviceBinding serviceLink serviceRestart serviceUpgrade',
  'serviceUpgradeStrategy servicesPortRange setProjectMembersInput setServiceLinksInput snapshotBackupInput stackUpgrade',
  'statsAccess targetPortRule toServiceUpgradeStrategy ulimit virtualMachineDisk volumeActivateInput volumeSnapshotInput',
]);

/** All types that a project's schemas name. */
export const SCHEMA_NAMES: readonly string[] = [...LISTED_TYPES, ...OTHER_TYPES].sort();

const IRREGULAR: Readonly<Record<string, string>> = {
  containerLogs: 'containerLogses',
  hostAccess: 'hostAccesses',
  identity: 'identities',
  ipAddress: 'ipAddresses',
  register: 'register',
  registry: 'registries',
  serviceProxy: 'serviceProxies',
  statsAccess: 'statsAccesses',
  subscribe: 'subscribe',
};

export const pluralOf = (type: string): string => IRREGULAR[type] ?? `${type}s`;
