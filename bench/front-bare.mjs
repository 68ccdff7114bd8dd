// A bare Fastify route in a process of its own, which answers what it is told to: what any front of ours is measured against.
import { createRequire } from 'node:module';

const front = createRequire(new URL('../packages/http-front/package.json', import.meta.url));
const { default: Fastify } = await import(front.resolve('fastify'));

process.once('message', async ({ status, type, body }) => {
  const app = Fastify();
  app.get('/narrative/*', async (_request, reply) => reply.code(status).type(type).send(body));
  await app.listen({ host: '127.0.0.1', port: 0 });
  process.send({ port: app.server.address().port });
  process.once('message', () => process.exit(0));
});
