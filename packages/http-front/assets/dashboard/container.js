const LABEL = 'mooring.dev/container';
/** Where the container API is. */
export const CONTAINERS = '/v1';

/** The id in the container API of what is a container of it; undefined of other sessions. @param {object} resource a Session of the API */
export function containerOf({ metadata }) {
  return metadata.labels[LABEL] === undefined ? undefined : metadata.uid.replaceAll('-', '');
}

/** The address of what there is about it. @param {object} resource a container */
export const containerPath = (resource, rest) => `/container/${containerOf(resource)}/${rest}`;

/** The address of a file in it. @param {string} path absolute */
export const filePath = (resource, path) =>
  `${CONTAINERS}${containerPath(resource, 'file')}${path.split('/').map(encodeURIComponent).join('/')}`;
