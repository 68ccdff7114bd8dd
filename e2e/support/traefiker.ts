import { HOST } from './operator.js';

/** As narrative-traefiker asks for one; the labels of its route are those that Traefik 2 reads. */
export function asTraefikerDoes(name: string, secret: string, stackId: string) {
  const router = `traefik.http.routers.${name}`;
  return {
    assignServiceIpAddress: false,
    description: 'client-ip:192.0.2.4 timestamp:2026-11-01T10:00:00.000000',
    launchConfig: {
      capDrop: ['MKNOD', 'NET_RAW', 'SYS_CHROOT', 'SETUID', 'SETGID', 'CHOWN', 'SYS_ADMIN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'SETPCAP'],
      environment: { SERVICE_TOKEN: 'old' },
      imageUuid: 'docker:mooring/demo:1.0.0',
      labels: {
        'io.rancher.container.pull_image': 'always',
        'io.rancher.container.start_once': 'true',
        'traefik.enable': 'True',
        session_id: secret,
        [`${router}.rule`]: `Host("${HOST}") && PathPrefix("/narrative/") && HeadersRegexp("Cookie","narrative_session=${secret}")`,
        [`${router}.entrypoints`]: 'web',
      },
      networkMode: 'managed',
      ports: ['8888/tcp'],
      stdinOpen: true,
      tty: true,
      type: 'launchConfig',
    },
    name,
    scale: 1,
    stackId,
    startOnCreate: true,
    type: 'service',
  };
}
