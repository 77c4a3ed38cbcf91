/**
 * The live status as server-sent events: one `pulse` a second to every open page, and one at once
 * when the first span arrives. https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * One timer and one status serve all pages; it runs while there is a page. A reader that is too
 * slow is dropped (its browser comes back by itself). Never knows: what a status holds.
 */
import type { ServerResponse } from 'node:http';
import { ApiError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { CollectorView, Log } from '../parts.ts';
import type { Status } from './status.ts';

export type Pulse = {
  /** Takes the response over until either side ends it. @throws ApiError `too-many-pulses`. */
  follow(response: ServerResponse, headers: Readonly<Record<string, string>>): void;
  readonly followers: number;
  /** Ends all streams and the timers. */
  close(): void;
};

type PulseOptions = {
  readonly status: Status;
  readonly collector: CollectorView;
  readonly pulsesMax: number;
  readonly log: Log;
};

export function createPulse({ status, collector, pulsesMax, log }: PulseOptions): Pulse {
  const responses = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | undefined;
  let sentMs = 0;
  let isBeating = false;
  let spansSent = 0;

  async function beat(): Promise<void> {
    if (isBeating) return;
    isBeating = true;
    try {
      const answer = await status.read();
      spansSent = answer.acceptedSpans;
      sentMs = performance.now();
      const event = `event: pulse\ndata: ${JSON.stringify(answer)}\n\n`;
      for (const response of responses) send(response, event);
    } catch (cause) {
      log('warn', 'a pulse failed', { cause });
    } finally {
      isBeating = false;
    }
  }

  function send(response: ServerResponse, event: string): void {
    if (response.writableLength > limits.pulseUnreadBytesMax) response.destroy();
    else response.write(event);
  }

  function tick(): void {
    const isFirst = spansSent === 0 && collector.stats().acceptedSpans > 0;
    if (isFirst || performance.now() - sentMs >= limits.pulseMs) void beat();
  }

  function leave(response: ServerResponse): void {
    responses.delete(response);
    if (responses.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    get followers() {
      return responses.size;
    },
    follow(response, headers) {
      if (responses.size >= pulsesMax) throw new ApiError('too-many-pulses', { limit: pulsesMax });
      response.on('close', () => leave(response));
      response.on('error', () => leave(response));
      response.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Asks nginx not to hold events back.
        'x-accel-buffering': 'no',
      });
      response.write(`retry: ${limits.pulseMs}\n\n`);
      responses.add(response);
      timer ??= setInterval(tick, limits.firstSpanMs).unref();
      void beat();
    },
    close() {
      clearInterval(timer);
      timer = undefined;
      for (const response of responses) response.end();
      responses.clear();
    },
  };
}
