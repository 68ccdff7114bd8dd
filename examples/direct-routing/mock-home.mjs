// ContainerDirectRouting's mock-home, with real sign-ins left out as there: GET /home/<name> gives the browser the cookie of a container and
// leads it there. It asks the management API for the cookie's value, for that is signed: a name alone opens nothing.
import { createServer } from 'node:http';

/** A server at http://127.0.0.1:<port>/home. `cookieOf` answers a container's cookie, undefined where there is no such container. */
export function startHome({ port, site, cookieOf }) {
  const server = createServer(async (request, response) => {
    const [, home, name] = new URL(request.url, site).pathname.split('/');
    if (home !== 'home') return send(response, 404, { message: 'Home is at /home' });
    if (!name) return send(response, 200, { message: 'You are at Home' });
    const cookie = await cookieOf(decodeURIComponent(name)).catch(() => undefined);
    if (!cookie) return send(response, 404, { message: 'There is no such container' });
    // Browsers send a host's cookies to all of its ports: the site is on another one.
    response.writeHead(302, {
      location: `${site}/`,
      'set-cookie': `${cookie.name}=${cookie.value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600`,
    });
    response.end();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
