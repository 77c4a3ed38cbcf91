/**
 * Forwarding: what was received goes on to other back-ends, each at its own pace.
 *
 * Sealed segments are held by second names until every destination is done with them. The way of a
 * span into the engine knows nothing of it but the one link per segment. Never knows: protocols.
 */
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger } from '../ledger.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { SealedSegment } from '../segment.ts';
import { createDelivery, type Delivery, type Dropped, type DropReason } from './delivery.ts';
import type { Destination } from './destinations.ts';
import { type HeldSegment, type HeldSegments, openHeldSegments } from './held-segments.ts';
import { type Position, readPosition, writePosition } from './position.ts';
import type { Sender } from './sender.ts';
import { createForwardTally, type ForwardTally } from './tally.ts';

/** How a destination is doing. */
export interface DestinationStatus {
  readonly name: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** False from the first failure to the next success. */
  readonly isUp: boolean;
  /** Why the last request failed; empty when none did since the last success. */
  readonly failure: string;
  readonly waitingBytes: number;
  readonly waitingSegments: number;
  /** Age of the oldest segment that waits. */
  readonly lagMs: number;
  readonly sentSpans: number;
  readonly sentRequests: number;
  readonly failures: number;
  readonly droppedSpans: ReadonlyMap<string, number>;
}

export interface Forwarder {
  /** Holds a sealed segment, before the loader may take it away. Never rejects. */
  hold(segment: Holdable): Promise<void>;
  start(): void;
  /** The disk is low: gives up the oldest of what waits, so that ingest goes on. */
  shed(): void;
  status(): readonly DestinationStatus[];
  /** The newest id that any destination knows of; new segments must come behind it. */
  newest(): bigint;
  /** Delivers what is left where that works, for a moment; the rest waits for the next start. */
  stop(): Promise<void>;
}

/** What forwarding needs of a segment, sealed now or found at start. */
export type Holdable = Pick<SealedSegment, 'id' | 'path' | 'bytes' | 'spans'> & {
  readonly frames: number;
};

export interface ForwarderParts {
  /** The folder of held segments and positions. */
  readonly dir: string;
  readonly destinations: readonly Destination[];
  readonly createSender: (destination: Destination) => Promise<Sender>;
  /** What the last run left, loaded or not: held again where a destination still wants it. */
  readonly found: readonly Holdable[];
  readonly ledger: Pick<Ledger, 'note'>;
  readonly log: Log;
  readonly nowMs: () => number;
}

/** Takes up the positions of the last run; a destination that is new begins with what comes now. */
export async function openForwarder(parts: ForwarderParts): Promise<Forwarder> {
  const held = await openHeldSegments(parts.dir);
  await forgetOthers(parts);
  const routes: Route[] = [];
  const newest = [...parts.found, ...held.list()].reduce(
    (id, one) => (one.id > id ? one.id : id),
    0n,
  );
  for (const destination of parts.destinations) {
    routes.push(await createRoute(parts, held, destination, newest));
  }
  const forwarder = new Forwarding(parts, held, routes);
  await forwarder.holdAgain();
  return forwarder;
}

interface Route {
  readonly destination: Destination;
  readonly delivery: Delivery;
  readonly tally: ForwardTally;
  readonly positionFile: string;
  isDirty: boolean;
  onWholeSegment: () => void;
}

async function createRoute(
  parts: ForwarderParts,
  held: HeldSegments,
  destination: Destination,
  newest: bigint,
): Promise<Route> {
  const positionFile = positionPath(parts.dir, destination.name);
  let position = await readPosition(positionFile);
  if (position === undefined) {
    position = { segment: newest, offset: Number.MAX_SAFE_INTEGER, spans: 0 };
    await writePosition(positionFile, position);
  }
  const tally = createForwardTally(destination, parts);
  const delivery = createDelivery({
    destination,
    held,
    position,
    sender: await parts.createSender(destination),
    ...tally.events,
    onMoved: (_position, isWholeSegment) => {
      route.isDirty = true;
      if (isWholeSegment) route.onWholeSegment();
    },
  });
  const route: Route = {
    destination,
    delivery,
    tally,
    positionFile,
    isDirty: false,
    onWholeSegment: () => undefined,
  };
  return route;
}

class Forwarding implements Forwarder {
  readonly #parts: ForwarderParts;
  readonly #held: HeldSegments;
  readonly #routes: readonly Route[];
  readonly #timer: NodeJS.Timeout;
  #saving: Promise<void> = Promise.resolve();

  constructor(parts: ForwarderParts, held: HeldSegments, routes: readonly Route[]) {
    this.#parts = parts;
    this.#held = held;
    this.#routes = routes;
    for (const route of routes) route.onWholeSegment = () => void this.#save();
    this.#timer = setInterval(() => void this.#tend(), limits.forwardTendMs).unref();
  }

  async holdAgain(): Promise<void> {
    for (const segment of this.#parts.found) {
      if (this.#routes.some(({ delivery }) => wants(delivery.position, segment))) {
        await this.hold(segment);
      }
    }
    await this.#save();
  }

  async hold(segment: Holdable): Promise<void> {
    if (this.#routes.length === 0) return;
    const { id, path, bytes, spans, frames: requests } = segment;
    try {
      await this.#held.hold({ id, path, bytes, spans, requests });
    } catch (error) {
      this.#parts.log('error', 'a segment cannot be held for forwarding', {
        segment: `${id}`,
        error: String(error),
      });
      const dropped: Dropped = { reason: 'forward-not-held', requests, spans, bytes };
      for (const { tally } of this.#routes) tally.events.onDropped(dropped, String(error));
      return;
    }
    for (const route of this.#routes) {
      this.#bound(route);
      route.delivery.wake();
    }
  }

  start(): void {
    for (const { delivery } of this.#routes) delivery.start();
  }

  shed(): void {
    let bytes = 0;
    for (const segment of [...this.#held.list()]) {
      if (bytes >= limits.forwardShedBytes) return;
      bytes += segment.bytes;
      for (const route of this.#routes) {
        if (wants(route.delivery.position, segment)) {
          route.delivery.skip(segment, 'forward-disk-low');
        }
      }
    }
  }

  status(): readonly DestinationStatus[] {
    return this.#routes.map(({ destination, delivery, tally }) => {
      const waiting = this.#waiting(delivery);
      const oldest = waiting[0];
      return {
        name: destination.name,
        protocol: destination.protocol,
        endpoint: shownEndpoint(destination.endpoint),
        isUp: delivery.failures === 0,
        ...tally.counts(),
        waitingBytes: waitingBytes(waiting, delivery.position),
        waitingSegments: waiting.length,
        lagMs: oldest === undefined ? 0 : Math.max(0, this.#parts.nowMs() - bornMs(oldest)),
      };
    });
  }

  newest(): bigint {
    const known = this.#routes.map(({ delivery }) => delivery.position.segment);
    const ids = [...known, ...this.#held.list().map(({ id }) => id)];
    return ids.reduce((newest, id) => (id > newest ? id : newest), 0n);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#routes.map(({ delivery }) => delivery.stop(limits.forwardStopMs)));
    await this.#save();
  }

  #waiting({ position }: Delivery): HeldSegment[] {
    return this.#held.list().filter((segment) => wants(position, segment));
  }

  /** Every second: positions to disk, and an eye on ages, for a trickle brings no new segment. */
  async #tend(): Promise<void> {
    for (const route of this.#routes) this.#bound(route);
    await this.#save();
  }

  /** Gives up the oldest segments beyond what may be kept for a destination. */
  #bound({ destination, delivery }: Route): void {
    const { bytesMax, ageMaxMs } = destination;
    const waiting = this.#waiting(delivery);
    let bytes = waitingBytes(waiting, delivery.position);
    for (const [at, segment] of waiting.entries()) {
      const isOld = this.#parts.nowMs() - bornMs(segment) > ageMaxMs;
      const isTooMuch = bytes > bytesMax || waiting.length - at > limits.forwardSegmentsMax;
      if (!isOld && !isTooMuch) return;
      const reason: DropReason = isTooMuch ? 'forward-bytes-max' : 'forward-age-max';
      bytes -= waitingBytes([segment], delivery.position);
      delivery.skip(segment, reason);
    }
  }

  /** Positions first, then the segments that nobody wants any more. One at a time. */
  #save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#saveNow());
    return this.#saving;
  }

  async #saveNow(): Promise<void> {
    try {
      for (const route of this.#routes.filter(({ isDirty }) => isDirty)) {
        route.isDirty = false;
        await writePosition(route.positionFile, route.delivery.position);
      }
    } catch (error) {
      this.#parts.log('warn', 'positions of forwarding cannot be written, will try again', {
        error: String(error),
      });
      for (const route of this.#routes) route.isDirty = true;
    }
    await this.#release();
  }

  async #release(): Promise<void> {
    let done: bigint | undefined;
    for (const segment of this.#held.list()) {
      if (this.#routes.some(({ delivery }) => wants(delivery.position, segment))) break;
      done = segment.id;
    }
    if (done !== undefined) await this.#held.releaseTo(done);
  }
}

function wants({ segment, offset }: Position, { id, bytes }: Pick<Holdable, 'id' | 'bytes'>) {
  return id > segment || (id === segment && offset < bytes);
}

function waitingBytes(waiting: readonly HeldSegment[], { segment, offset }: Position): number {
  return waiting.reduce((sum, { id, bytes }) => sum + bytes - (id === segment ? offset : 0), 0);
}

/** Ids begin with their time: see createSegmentIds. */
function bornMs({ id }: HeldSegment): number {
  return Number(id >> 22n);
}

function positionPath(dir: string, name: string): string {
  return join(dir, `${name}.position.json`);
}

/** A destination that left the settings is forgotten: should it come back, it begins anew. */
async function forgetOthers({ dir, destinations, log }: ForwarderParts): Promise<void> {
  const files = new Set(destinations.map(({ name }) => positionPath(dir, name)));
  for (const name of await readdir(dir)) {
    const path = join(dir, name);
    if (name.endsWith('.draft')) await unlink(path);
    if (!name.endsWith('.position.json') || files.has(path)) continue;
    await unlink(path);
    log('info', 'forwarding to a destination ended, it is in the settings no more', {
      destination: name.slice(0, -'.position.json'.length),
    });
  }
}

/** Without what may be a secret. */
function shownEndpoint(endpoint: string): string {
  if (!URL.canParse(endpoint)) return endpoint;
  const { protocol, host, pathname } = new URL(endpoint);
  return host === '' ? endpoint : `${protocol}//${host}${pathname}`;
}
