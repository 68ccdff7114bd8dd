/** The label, on every service that is ours, that names its Session's uid. Rancher copies it to the containers. */
export const SESSION_LABEL = 'mooring.dev/session';

/** Rancher: don't restart a container that has ended (recording 11-06: healthState `started-once`). */
export const START_ONCE_LABEL = 'io.rancher.container.start_once';

/** What the service launches, as launch-hash.ts has it: whether a stopped one is still what its Session wants. */
export const LAUNCH_LABEL = 'mooring.dev/launch';

/** Rancher: pull the image before each start. */
export const PULL_IMAGE_LABEL = 'io.rancher.container.pull_image';

/** The SessionTemplate that the service was made from, and its generation then. */
export const TEMPLATE_LABEL = 'mooring.dev/template';
export const TEMPLATE_GENERATION_LABEL = 'mooring.dev/template-generation';
