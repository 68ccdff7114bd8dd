/** Names by which the front doors and the controller understand each other without knowing each other. */

/** The finalizer that a front door puts on a Session: it is held until its service was seen removed. */
export const SERVICE_FINALIZER = 'mooring.dev/service';

/** Where a front door notes, for the service's description, from where the Session was asked for. */
export const CLIENT_IP_ANNOTATION = 'mooring.dev/client-ip';

/** A header that every answer of the front has: an answer without it came from a session's own container, or from Traefik. In lower case. */
export const FRONT_HEADER = 'mooring-front';
