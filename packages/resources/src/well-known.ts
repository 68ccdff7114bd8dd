/** Names by which the front doors and the controller understand each other without knowing each other. */

/** The finalizer that a front door puts on a Session: it is held until its service was seen removed. */
export const SERVICE_FINALIZER = 'mooring.dev/service';

/** Where a front door notes, for the service's description, from where the Session was asked for. */
export const CLIENT_IP_ANNOTATION = 'mooring.dev/client-ip';

/** Where a front door notes which of its requests asked for the Session, by the id that the front's log has (`reqId`). */
export const REQUEST_ANNOTATION = 'mooring.dev/request-id';

/** The label of a Session that waits in a WarmPool for somebody to claim it: the pool's name. */
export const POOL_LABEL = 'mooring.dev/pool';

/** Who owns what nobody has claimed. No identity provider may give a name that begins with `system:`. */
export const POOL_OWNER = 'system:pool';

/** Who owns what was imported, until the person comes whose session has that name. */
export const IMPORTED_OWNER = 'system:imported';

/** The label of a Session that waited in this WarmPool when its record was lost: a claim may be lost with it, so nobody is given it. */
export const UNCLAIMED_LABEL = 'mooring.dev/unclaimed-from';

/** Notes the id of the service that an imported Session was made from. */
export const IMPORTED_SERVICE_ANNOTATION = 'mooring.dev/imported-service';

/** Notes from which pool a Session was claimed. */
export const CLAIMED_FROM_ANNOTATION = 'mooring.dev/claimed-from';

/** Notes what a Session was called as it waited there: what a create that was not heard of made has that name. */
export const CLAIMED_AS_ANNOTATION = 'mooring.dev/claimed-as';

/** When a person last navigated to a session that was marked as idle or not running (RFC 3339): what undoes the mark. */
export const WANTED_ANNOTATION = 'mooring.dev/wanted-at';

/** A header that every answer of the front has: an answer without it came from a session's own container, or from Traefik. In lower case. */
export const FRONT_HEADER = 'mooring-front';

/** Where the front tells Traefik whether a request may go on to a Session's container; the Session's uid follows. */
export const VERIFY_PATH = '/narrative_session/-/verify/';

/** The header by which a probe of the controller's proves what it is to who verifies requests; Traefik takes it off. In lower case. */
export const PROBE_HEADER = 'mooring-probe';

/** The label of a Session that was asked for by its name, over the management API: whose it is, as hexadecimal digits of a hash. */
export const DIRECT_LABEL = 'mooring.dev/direct';

/** Why a session that is stopped was stopped, where it was not since nobody used it: a sentence. Whoever wakes it takes it away. */
export const STOPPED_BECAUSE_ANNOTATION = 'mooring.dev/stopped-because';
/** Which launch a session was to be updated to and did not come up with, as a hash: it is not tried again unasked. */
export const UPDATE_FAILED_ANNOTATION = 'mooring.dev/update-failed';

/** The condition of a Session that tells whether it runs what its template has; missing where there was never anything else. */
export const UP_TO_DATE = 'UpToDate';

/** Why it doesn't: there is a new version, it is being updated to it, or did not come up with it. */
export const OUTDATED_REASONS = ['NewVersion', 'Updating', 'UpdateFailed'] as const;
