import type { FastifyPluginAsync } from 'fastify';
import fastifyPlugin from 'fastify-plugin';

/**
 * A plugin in a scope of its own, with a name for `printPlugins` and for the errors of Fastify's start. Fastify looks for the name of one that
 * has none among all modules that are loaded, at each registration.
 */
export const named = (name: string, plugin: FastifyPluginAsync): FastifyPluginAsync => fastifyPlugin(plugin, { name, encapsulate: true });
