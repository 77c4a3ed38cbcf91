/**
 * The questions Clew answers. Text → Query → CheckedQuery → Plan → Statement → Rows; this file lists the steps.
 *
 * Never knows: HTTP, or where the engine is.
 */
import type { Engine, Statement } from '@clew/store';
import type { Question, TimeRange } from './question.ts';
import type {
  CataloguedScope,
  Hits,
  SeenAttribute,
  SeenOperation,
  SeenService,
  Span,
  SpanHit,
  Trace,
  TraceColumns,
  TraceHit,
  TraceSummary,
} from './results.ts';
import type { QuerySettings } from './settings.ts';

/** Who asks, and until when: `signal` ends the asking. Without a tenant, the default tenant is asked. */
export type Asker = { readonly tenant?: string; readonly signal?: AbortSignal };

export type Page = { readonly limit: number; readonly cursor?: string | null };

export type AttributeFilter = {
  readonly scope?: CataloguedScope;
  readonly prefix?: string;
  readonly limit?: number;
};

/** The same question at every stage, for reading side by side. */
export type Explanation = {
  readonly traceql: string;
  readonly plan: string;
  readonly statement: Statement;
};

/**
 * Ids may be in any case and with dashes; 1 to 31 digits of a trace id are padded with zeros on the left.
 * Errors of all: `QuestionError` for what the asker got wrong, and the engine's own (`EngineUnavailable`, …).
 */
export type Query = {
  trace(id: string, asker?: Asker): Promise<Trace | null>;
  traceSummary(id: string, asker?: Asker): Promise<TraceSummary | null>;
  traceColumns(id: string, asker?: Asker): Promise<TraceColumns | null>;
  span(id: string, spanId: string, asker?: Asker): Promise<Span | null>;
  searchTraces(question: Question, page: Page, asker?: Asker): Promise<Hits<TraceHit>>;
  searchSpans(question: Question, page: Page, asker?: Asker): Promise<Hits<SpanHit>>;
  explain(question: Question, by: 'trace' | 'span', page: Page, asker?: Asker): Explanation;
  services(range?: TimeRange, asker?: Asker): Promise<readonly SeenService[]>;
  operations(service: string, asker?: Asker): Promise<readonly SeenOperation[]>;
  attributes(filter?: AttributeFilter, asker?: Asker): Promise<readonly SeenAttribute[]>;
};

export function createQuery(engine: Engine, settings: Partial<QuerySettings> = {}): Query {
  void engine;
  void settings;
  throw new Error('createQuery is being written');
}
