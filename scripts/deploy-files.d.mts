interface ComposeService {
  environment?: Record<string, string>;
  labels?: Record<string, string>;
  entrypoint?: string[];
}
/** Compose files by their path in deploy/. */
export const COMPOSE: Record<string, { services: Record<string, ComposeService> }>;
/** What the systemd unit's environment file says. */
export const UNIT_ENVIRONMENT: Record<string, string>;
