/**
 * Questions in TraceQL that concern whole traces, or match nothing: what a search must not be slow at.
 *
 * In the benchmark's payload a trace is a `POST` root (server) with nine `GET` spans (client) of the same service below it,
 * so that what matches, what matches rarely and what can never match is known.
 */
const HOUR_MS = 3_600_000;

/** Name → TraceQL. `never` in a name: both sides are everywhere, no pair of them is. */
const STRUCTURAL = {
  childOften: '{ name = "POST /cart" } > { status = error }',
  childRare: '{ name = "GET /cart" } > { span.user.id = "customer-17" }',
  childNever: '{ kind = client } > { kind = server }',
  descendantOften: '{ name = "POST /cart" } >> { status = error }',
  descendantRare: '{ name = "POST /pay" } >> { span.user.id = "customer-17" && status = error }',
  descendantNever: '{ kind = client } >> { kind = server }',
  siblingNever: '{ name = "POST /cart" } ~ { status = error }',
  notBelowNever: '{ kind = server } !>> { kind = client }',
};

const NO_MATCH = {
  noSuchValue: '{ span.user.id = "nobody" }',
  noSuchName: '{ name = "nothing" }',
  noSuchAttribute: '{ span.nothing = 1 }',
};

/**
 * Paths of searches, by what they ask: over one hour, and over everything.
 * @param {number} startMs when the data starts
 * @param {number} rangeMs how long it is; the hour is the one in its middle
 */
export function searchPaths(startMs, rangeMs) {
  const endMs = Date.now() + HOUR_MS;
  const middleMs = startMs + rangeMs / 2;
  const hour = { from: middleMs - HOUR_MS / 2, to: middleMs + HOUR_MS / 2 };
  const all = { from: startMs - HOUR_MS, to: endMs };
  const path = (q, { from, to }) =>
    `/api/v1/search?${new URLSearchParams({ q, limit: '20', from: time(from), to: time(to) })}`;
  const entries = Object.entries(STRUCTURAL).flatMap(([name, q]) => [
    [`${name}Hour`, path(q, hour)],
    [`${name}All`, path(q, all)],
  ]);
  const none = Object.entries(NO_MATCH).map(([name, q]) => [name, path(q, all)]);
  return Object.fromEntries([...entries, ...none]);
}

function time(ms) {
  return new Date(ms).toISOString();
}

/** Microseconds of parsing and checking a typical query, the median of many. */
export async function parseMicros() {
  const { textQuestion } = await import('@clew/query');
  const range = { fromNs: 0n, toNs: 1n };
  const text =
    '{ resource.service.name = "cart" && span.http.response.status_code >= 500 && duration > 100ms } >> { status = error } | count() > 2';
  const tookMs = [];
  for (let round = 0; round < 5_000; round++) {
    const start = performance.now();
    textQuestion(text, range);
    tookMs.push(performance.now() - start);
  }
  tookMs.sort((a, b) => a - b);
  const at = (q) => Math.round(tookMs[Math.floor(q * tookMs.length)] * 10_000) / 10;
  return { p50Micros: at(0.5), p95Micros: at(0.95) };
}
