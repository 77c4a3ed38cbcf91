/**
 * Errors → answers, in one form for every face: status, `{ error: { code, message, hint, requestId } }`,
 * Retry-After. Also for what fails before a request exists (malformed HTTP, too large headers).
 *
 * Never knows: which route failed, but for the log.
 */
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, asApiError, errorBody } from './errors.ts';
import { limits } from './limits.ts';
import type { Log } from './parts.ts';

/**
 * What was thrown, as a refusal that every face can put into its own form. Faults of Clew are logged with their cause,
 * the asker's mistakes are not.
 */
export function understand(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): ApiError {
  const error = asApiError(thrown, request.routeOptions.bodyLimit);
  if (error.status >= 500) {
    log(error.status === 500 ? 'error' : 'warn', 'a request failed', {
      requestId: request.id,
      path: request.url,
      code: error.code,
      cause: error.cause ?? error,
    });
  }
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  return error;
}

/** Answers what was thrown. */
export function refuse(thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Log) {
  const error = understand(thrown, request, reply, log);
  return reply
    .code(error.status)
    .type('application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(errorBody(error, request.id));
}

/** Answers on a socket whose request could not be read, and closes it. */
export function refuseConnection(failure: ConnectionError, socket: Socket): void {
  if (failure.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const error = connectionError(failure);
  const body = JSON.stringify(errorBody(error, 'none'));
  socket.end(
    [
      `HTTP/1.1 ${error.status} Refused`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function connectionError({ code, message }: ConnectionError): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new ApiError('headers-too-large', { limit: limits.headersBytesMax });
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new ApiError('request-too-slow', { limit: limits.requestMsMax });
  }
  return new ApiError('bad-request', { reason: message });
}
