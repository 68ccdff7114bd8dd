/** Where somebody without a token is sent: to our own sign-in page (local), or to the site's, in the form that narrative-traefiker uses. */
export function loginUrl(target: string, local: boolean): string {
  if (local) return `/login?next=${encodeURIComponent(target)}`;
  return `/#login?nextrequest=${encodeURIComponent(JSON.stringify({ path: target, external: true }))}`;
}
