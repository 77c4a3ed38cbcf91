/**
 * Serves the built user interface: files of the build as they are, and its page for every address
 * that belongs to the screen rather than to the API.
 *
 * Files under `assets/` carry a hash in their names and never change; the page is asked for anew
 * each time. Never knows: which screens exist.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './errors.ts';

const page = 'index.html';

/** Registers the files of `webRoot`, if it holds a build. */
export async function serveScreen(app: FastifyInstance, webRoot: string | undefined) {
  if (webRoot === undefined || !existsSync(join(webRoot, page))) return;
  await app.register(fastifyStatic, {
    root: webRoot,
    index: false,
    redirect: false,
    // A folder is no file: the page is answered in its place.
    allowedPath: (path) => !path.endsWith('/'),
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      response.setHeader('cache-control', cacheControl(path.slice(webRoot.length)));
    },
  });
}

function cacheControl(path: string): string {
  return path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/**
 * What is answered when no route took the request: the page to a browser that opens an address,
 * an error to everybody else.
 */
export function answerUnrouted(
  request: FastifyRequest,
  reply: FastifyReply,
  webRoot: string | undefined,
): FastifyReply {
  const path = request.url.split('?', 1)[0]!;
  const isOpened = path === '/' || (request.headers.accept ?? '').includes('text/html');
  if (path.startsWith('/api/') || !isOpened) throw new ApiError('no-such-path', { found: path });
  if (webRoot === undefined || !existsSync(join(webRoot, page))) throw new ApiError('no-screen');
  return reply.sendFile(page);
}
