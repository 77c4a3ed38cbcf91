/**
 * What the running walk allows: its limits, laid out for comparison.
 *
 * They stand in module variables like the state of scan.ts, and for the same reason: passing them
 * costs a tenth of the walk. Never knows: bytes.
 */

import type { WalkLimits } from './limits.ts';

const NS_PER_MS = 1e6;

/** Whether the marks that `mendTraces` leaves on spans are allowed. */
export let oursAllowed = false;
export let spansMax = 0;
export let attributesMax = 0;
/** Attributes of a resource or scope. */
export let originAttributesMax = 0;
/** Bytes that the attributes of a resource or scope may take together. */
export let originBytesMax = 0;
export let keyBytesMax = 0;
export let valueBytesMax = 0;
export let nameBytesMax = 0;
export let eventsMax = 0;
export let linksMax = 0;
export let depthMax = 0;
export let earliestNs = 0;
export let latestNs = 0;
export let durationNsMax = 0;

/** Epoch nanoseconds as doubles are exact to 256 ns, so a difference of two is exact to this. */
export const ROUNDING_NS = 1024;

/** `nowMs` is the epoch time that the window of `limits` is laid around. */
export function setBounds(limits: WalkLimits, nowMs: number, ours: boolean): void {
  oursAllowed = ours;
  spansMax = limits.spansPerRequest;
  attributesMax = limits.attributesPerSpan;
  originAttributesMax = limits.attributesPerResource;
  originBytesMax = limits.originBytes;
  keyBytesMax = limits.keyBytes;
  valueBytesMax = limits.valueBytes;
  nameBytesMax = limits.nameBytes;
  eventsMax = limits.eventsPerSpan;
  linksMax = limits.linksPerSpan;
  depthMax = limits.valueDepth;
  const now = Math.trunc(nowMs);
  earliestNs = (now - limits.pastMs) * NS_PER_MS;
  latestNs = (now + limits.futureMs) * NS_PER_MS;
  durationNsMax = limits.durationMs * NS_PER_MS + ROUNDING_NS;
}
