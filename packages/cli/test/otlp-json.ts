/**
 * OTLP/JSON → one form that can be compared: spans by id, defaults left out, attributes by key.
 *
 * The rules of proto3 JSON: a default may be absent or written, 64-bit integers may be numbers or
 * strings. Inside an attribute's value presence is meaning, so nothing is dropped there.
 */

type Json = Record<string, unknown>;

interface ScopeSpans {
  scope?: Json;
  schemaUrl?: string;
  spans?: Json[];
}

interface ResourceSpans {
  resource?: Json;
  schemaUrl?: string;
  scopeSpans?: ScopeSpans[];
}

export interface TracesJson {
  resourceSpans?: ResourceSpans[];
}

/** Every span with its resource and scope, sorted by span id. */
export function comparable(traces: TracesJson): unknown[] {
  const spans = (traces.resourceSpans ?? []).flatMap((one) =>
    (one.scopeSpans ?? []).flatMap((scoped) =>
      (scoped.spans ?? []).map((span) => ({
        span: plain(span),
        scope: plain(scoped.scope ?? {}),
        scopeSchemaUrl: scoped.schemaUrl ?? '',
        resource: plain(one.resource ?? {}),
        resourceSchemaUrl: one.schemaUrl ?? '',
      })),
    ),
  );
  return spans.sort((a, b) => idOf(a.span).localeCompare(idOf(b.span)));
}

function idOf(span: unknown): string {
  return String((span as Json)['spanId']);
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (key === 'attributes') return listed(key, attributes(inner as Json[]));
    const made = key.endsWith('UnixNano') ? String(inner) : plain(inner);
    return isDefault(made) ? [] : [[key, made]];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}

function listed(key: string, items: unknown[]): [string, unknown][] {
  return items.length === 0 ? [] : [[key, items]];
}

function isDefault(value: unknown): boolean {
  if (value === undefined || value === null || value === 0 || value === '' || value === '0') {
    return true;
  }
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function attributes(list: Json[] = []): unknown[] {
  return list
    .map((one) => ({ key: String(one['key']), value: anyValue(one['value'] as Json) }))
    .sort((a, b) => a.key.localeCompare(b.key));
}

function anyValue(value: Json | undefined): unknown {
  const [[kind, inner] = []] = Object.entries(value ?? {});
  switch (kind) {
    case undefined:
      return {};
    case 'intValue':
      return { intValue: String(inner) };
    case 'arrayValue':
      return { arrayValue: ((inner as Json)['values'] as Json[] | undefined)?.map(anyValue) ?? [] };
    case 'kvlistValue':
      return { kvlistValue: attributes((inner as Json)['values'] as Json[] | undefined) };
    default:
      return { [kind]: inner };
  }
}
