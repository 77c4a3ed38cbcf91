/**
 * The status answer: how the engine is, what was accepted, and the newest trace there is.
 *
 * The newest trace is looked up at most every two seconds, and not again while nothing arrives, so
 * that a hundred open pages cost what one costs. Never knows: HTTP.
 */
import { simpleQuestion } from '@clew/query';
import type { Fresh } from '../fresh.ts';
import { limits } from '../limits.ts';
import type { ApiParts, DestinationView, KafkaView } from '../parts.ts';
import type { StatusAnswer } from './answers.ts';

export type Status = { read(): Promise<StatusAnswer> };

type Latest = StatusAnswer['latest'];

const msNs = 1_000_000n;
const hourMs = 60 * 60 * 1000;

export function createStatus(parts: ApiParts, fresh: Fresh): Status {
  const { collector, engine, listeners, settings, version } = parts;
  const latest = createLatest(parts, fresh);
  return {
    async read() {
      const { acceptedSpans, spansPerSecond, forward = [], kafka } = collector.stats();
      return {
        version,
        engine: engine.state(),
        acceptedSpans,
        spansPerSecond,
        latest: await latest(acceptedSpans),
        listeners: [...listeners],
        hotWindowMs: settings.hotWindowMs,
        ...(forward.length > 0 && { forward: forward.map(destinationAnswer) }),
        ...(kafka !== undefined && { kafka: kafkaAnswer(kafka) }),
      };
    },
  };
}

function destinationAnswer(view: DestinationView) {
  const { name, protocol, endpoint, isUp, failure, waitingBytes, lagMs, sentSpans } = view;
  const droppedSpans = Object.fromEntries(view.droppedSpans);
  return { name, protocol, endpoint, isUp, failure, waitingBytes, lagMs, sentSpans, droppedSpans };
}

function kafkaAnswer({ isUp, failure, messages, poison }: KafkaView) {
  return { isUp, failure, messages, poison };
}

/** The newest trace; the one known before when the engine cannot answer now. */
function createLatest(parts: ApiParts, fresh: Fresh): (acceptedSpans: number) => Promise<Latest> {
  const { engine, log } = parts;
  const nowMs = parts.nowMs ?? Date.now;
  let known: Latest = null;
  let seenAt = { spans: -1, ms: Number.NEGATIVE_INFINITY };
  let running: Promise<Latest> | undefined;

  async function look(acceptedSpans: number): Promise<Latest> {
    // The first span is shown at once; later ones after their usual second.
    const isFirst = known === null && acceptedSpans > 0;
    if (isFirst) await fresh.load();
    known = (await newest(parts, nowMs())) ?? known;
    seenAt = { spans: isFirst && known === null ? -1 : acceptedSpans, ms: nowMs() };
    return known;
  }

  return async (acceptedSpans) => {
    const isDue =
      acceptedSpans !== seenAt.spans && (known === null || nowMs() - seenAt.ms >= limits.latestMs);
    if (!isDue || engine.state() !== 'ready') return known;
    running ??= look(acceptedSpans)
      .catch((cause: unknown) => {
        log('debug', 'the newest trace could not be read', { cause });
        return known;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };
}

/** Most often something arrived within the hour; the whole window is only searched when not. */
async function newest({ query, settings }: ApiParts, nowMs: number): Promise<Latest> {
  for (const backMs of [hourMs, settings.hotWindowMs]) {
    const question = simpleQuestion(
      {},
      {
        fromNs: BigInt(Math.floor(nowMs - backMs)) * msNs,
        toNs: BigInt(Math.floor(nowMs + hourMs)) * msNs,
      },
    );
    const [trace] = (await query.searchTraces(question, { limit: 1 })).hits;
    if (trace !== undefined) {
      const { traceId, rootService, rootName, startNs } = trace;
      return { traceId, service: rootService, name: rootName, startNs };
    }
  }
  return null;
}
