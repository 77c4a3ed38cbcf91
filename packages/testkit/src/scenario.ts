/**
 * Scenarios of an HTTP API: spans that were sent, requests, and the answers that are right, in one file.
 *
 *     # What the scenario shows.
 *     traces
 *       t1  shop-$(run)  GET /  0ms 20ms  server
 *
 *     get /api/v2/traces/$(t1)
 *       start  $(s:-60s)
 *     accept: application/json
 *     200 application/json
 *       {"trace": {"resourceSpans": ["…"]}, "…": "…"}
 *
 *     get /api/traces/zz
 *     400 text/plain
 *       trace IDs can only contain hex characters: invalid character 'z' at position 1
 *     clew 400 text/plain
 *       …
 *
 * Indented lines below a request are parameters of its URL, lines that are not are headers. An answer that begins with `clew` stands for Clew alone, where it
 * knowingly differs; the comment above it says why. What may stand in a body is told in scenario-match.ts, what stands
 * between `$(` and `)` in scenario-names.ts.
 *
 * Never knows: HTTP, or which product is asked.
 */

export type Expected = {
  readonly status: number;
  /** Media type without parameters; empty when nothing is said about it. */
  readonly type: string;
  readonly body: string;
};

export type Exchange = {
  readonly method: string;
  readonly path: string;
  /** Unescaped. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly expected: Expected;
  /** What Clew answers instead. */
  readonly ofClew: Expected | null;
};

export type Scenario = {
  readonly name: string;
  readonly shows: string;
  /** In the notation of notation.ts; may be empty. */
  readonly traces: string;
  readonly exchanges: readonly Exchange[];
};

/** @throws Error naming the line that cannot be read */
export function parseScenario(name: string, text: string): Scenario {
  const shows: string[] = [];
  const traces: string[] = [];
  const exchanges: Draft[] = [];
  let block: string[] | null = null;
  for (const [at, line] of text.split('\n').entries()) {
    const refuse = (): Error => new Error(`${name}, line ${at + 1}: cannot read "${line}"`);
    if (/^#/.test(line)) {
      if (exchanges.length === 0) shows.push(line.replace(/^# ?/, ''));
    } else if (/^(\s|$)/.test(line)) {
      if (block !== null) block.push(line.replace(/^ {2}/, ''));
      else if (line.trim() !== '') throw refuse();
    } else if (line === 'traces') {
      block = traces;
    } else {
      block = readLine(line, exchanges, refuse);
    }
  }
  const whole = exchanges.map((draft) => finished(draft, name));
  return { name, shows: shows.join(' ').trim(), traces: traces.join('\n'), exchanges: whole };
}

type DraftAnswer = { status: number; type: string; lines: string[] };

type Draft = {
  method: string;
  path: string;
  parameters: string[];
  headers: Record<string, string>;
  expected: DraftAnswer | null;
  ofClew: DraftAnswer | null;
};

/** The block that the following indented lines belong to; null when there is none. */
function readLine(line: string, exchanges: Draft[], refuse: () => Error): string[] | null {
  const [, method, path] = /^(get|post) (\S+)$/.exec(line) ?? [];
  if (method !== undefined && path !== undefined) {
    const parameters: string[] = [];
    exchanges.push({ method, path, parameters, headers: {}, expected: null, ofClew: null });
    return parameters;
  }
  const draft = exchanges.at(-1);
  if (draft === undefined) throw refuse();
  const [, clew, status, type = ''] = /^(clew )?(\d{3})(?: (\S+))?$/.exec(line) ?? [];
  if (status !== undefined) {
    const answer = { status: Number(status), type, lines: [] };
    if (clew === undefined) draft.expected = answer;
    else draft.ofClew = answer;
    return answer.lines;
  }
  const [, header, value] = /^([a-z-]+): (.+)$/.exec(line) ?? [];
  if (header === undefined || value === undefined || draft.expected !== null) throw refuse();
  draft.headers[header] = value;
  return null;
}

function finished({ parameters, expected, ofClew, ...rest }: Draft, name: string): Exchange {
  if (expected === null) throw new Error(`${name}: ${rest.path} has no expected answer`);
  const pairs = parameters.flatMap((line) => {
    const [, key, value = ''] = /^(\S+)(?:\s+(.*))?$/.exec(line.trim()) ?? [];
    return key === undefined ? [] : [[key, value] as const];
  });
  const answers = { expected: answerOf(expected), ofClew: ofClew && answerOf(ofClew) };
  return { ...rest, parameters: pairs, ...answers };
}

function answerOf({ status, type, lines }: DraftAnswer): Expected {
  return { status, type, body: lines.join('\n').trim() };
}
