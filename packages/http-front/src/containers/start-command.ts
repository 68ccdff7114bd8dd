/** Below the container's root: the script, its environment, and the marker that says that all is there. */
const OWN_FOLDER = '.mooring';
export const MARKER = `${OWN_FOLDER}/go`;
export const ENVIRONMENT = `${OWN_FOLDER}/env`;
export const scriptPath = (name: string): string => `${OWN_FOLDER}/bin/${name}`;

/**
 * Waits until script and data were put in, then becomes the script, whose first line says what runs it. It asks nothing of the image but a shell.
 * CONTAINER_ROOT is set where `/` is not the container's own.
 */
const WAIT = [
  `d="\${CONTAINER_ROOT-}/${OWN_FOLDER}"`,
  // Each look is a process: many that wait must not keep the machine from what they wait for.
  't=0.1',
  'while [ ! -e "$d/go" ]; do sleep $t 2>/dev/null || sleep 1; case $t in 0.1) t=0.2;; 0.2) t=0.5;; *) t=1;; esac; done',
  'if [ -r "$d/env" ]; then . "$d/env"; fi',
  's="$d/bin/$1"',
  'shift',
  'exec "$s" "$@"',
].join('; ');

export const startCommand = (scriptname: string, args: readonly string[]): { entrypoint: string[]; command: string[] } => ({
  entrypoint: ['/bin/sh', '-c', WAIT, 'mooring-start'],
  command: [scriptname, ...args],
});

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A script of assignments for a shell. */
export const environmentScript = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => `export ${name}=${quote(value)}\n`)
    .join('');

/** Runs in place of a script that could not be had: says why, and fails. */
export const failingScript = (why: string): string => `#!/bin/sh\nprintf '%s\\n' ${quote(`mooring: ${why}`)}\nexit 1\n`;
