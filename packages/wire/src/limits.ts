/**
 * What one request, span and value may hold at most.
 *
 * What is over a limit is cut by `mendTraces`, counted and marked; only too many spans in one
 * request refuse it whole. Never knows: where a limit was set.
 */

export interface WalkLimits {
  /**
   * Spans in one request, and likewise resources and scopes: one more refuses the request, which a
   * client must not retry. Two bytes are an empty scope to us, but hundreds to the engine.
   */
  readonly spansPerRequest: number;
  /** Attributes of one span, event or link. */
  readonly attributesPerSpan: number;
  /** Attributes of one resource or instrumentation scope. */
  readonly attributesPerResource: number;
  /** The attributes of one resource or scope together: the engine copies them to every span. */
  readonly originBytes: number;
  readonly keyBytes: number;
  /** One attribute value; for arrays and key lists, their encoded form. Also status messages. */
  readonly valueBytes: number;
  /** Names of spans, events and scopes, and a scope's version. */
  readonly nameBytes: number;
  readonly eventsPerSpan: number;
  readonly linksPerSpan: number;
  /** Values may nest this deep; an attribute's own value has depth 1. */
  readonly valueDepth: number;
  /** A start earlier than this before now is moved: a load touches few hour partitions. */
  readonly pastMs: number;
  /** A start later than this after now is moved. */
  readonly futureMs: number;
  /** A longer span is cut: two garbage ends of 2⁶³ would overflow every sum of durations. */
  readonly durationMs: number;
}

const HOUR_MS = 3_600_000;

/** The defaults: far beyond what SDKs send, far below what would hurt. */
export const walkLimits: WalkLimits = {
  spansPerRequest: 50_000,
  attributesPerSpan: 128,
  attributesPerResource: 128,
  originBytes: 65_536,
  keyBytes: 256,
  valueBytes: 32_768,
  nameBytes: 1024,
  eventsPerSpan: 128,
  linksPerSpan: 128,
  valueDepth: 16,
  pastMs: 24 * HOUR_MS,
  futureMs: HOUR_MS,
  durationMs: 30 * 24 * HOUR_MS,
};

/** Two attributes may be added when times are moved, so a span must have room for them. */
const ATTRIBUTES_MIN = 2;
/** The walk recurses once per depth; 64 levels are far from any stack limit. */
const DEPTH_MAX = 64;
/** While mending, no more than this many values of one field are held, however many there are. */
export const KEPT_MAX = 1024;
/** Room for the longest number that `mendTraces` itself writes as an attribute. */
const VALUE_BYTES_MIN = 64;
/** Long enough for the keys that `mendTraces` itself writes. */
const KEY_BYTES_MIN = 40;

/**
 * Asserts that limits are whole numbers and fit each other; called once at start.
 *
 * @throws Error naming the limit, what was found and what was wanted.
 */
export function checkWalkLimits(limits: WalkLimits): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new Error(`limit ${name}: found ${value}, wanted a whole number of at least 0`);
    }
  }
  atLeast('spansPerRequest', limits.spansPerRequest, 1);
  atLeast('attributesPerSpan', limits.attributesPerSpan, ATTRIBUTES_MIN);
  atLeast('keyBytes', limits.keyBytes, KEY_BYTES_MIN);
  atLeast('valueBytes', limits.valueBytes, Math.max(VALUE_BYTES_MIN, limits.keyBytes));
  atLeast('valueDepth', limits.valueDepth, 1);
  atLeast('durationMs', limits.durationMs, 1);
  atMost('valueDepth', limits.valueDepth, DEPTH_MAX);
  atMost('attributesPerSpan', limits.attributesPerSpan, KEPT_MAX);
  atMost('attributesPerResource', limits.attributesPerResource, KEPT_MAX);
  atMost('eventsPerSpan', limits.eventsPerSpan, KEPT_MAX);
  atMost('linksPerSpan', limits.linksPerSpan, KEPT_MAX);
}

function atLeast(name: string, value: number, least: number): void {
  if (value < least) {
    throw new Error(`limit ${name}: found ${value}, wanted at least ${least}`);
  }
}

function atMost(name: string, value: number, most: number): void {
  if (value > most) {
    throw new Error(`limit ${name}: found ${value}, wanted at most ${most}`);
  }
}
