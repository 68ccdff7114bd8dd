/** The label, on every service that is ours, that names its Session's uid. Rancher copies it to the containers. */
export const SESSION_LABEL = 'mooring.dev/session';

/** The finalizer that keeps a Session until its service was seen removed. */
export const SERVICE_FINALIZER = 'mooring.dev/service';

/** Where a front door notes, for the service's description, from where the Session was asked for. */
export const CLIENT_IP_ANNOTATION = 'mooring.dev/client-ip';

/** Rancher: don't restart a container that has ended (recording 11-06: healthState `started-once`). */
export const START_ONCE_LABEL = 'io.rancher.container.start_once';

/** Rancher: pull the image before each start. */
export const PULL_IMAGE_LABEL = 'io.rancher.container.pull_image';
