/**
 * Step 7 of 10 in a span's walk.   before: store/sql/tables/spans.sql   after: api/src/native/routes.ts
 *
 * The questions Clew answers. Text → Query → CheckedQuery → Plan → Statement → Rows; this file lists the steps.
 *
 * Never knows: HTTP, or where the engine is.
 */
import type { Engine } from '@clew/store';
import { createArrayKeys } from './array-keys.ts';
import type { Ask } from './ask.ts';
import { type AttributeNames, listAttributeNames, type NamesFilter } from './attributes/names.ts';
import {
  type AttributeValues,
  listAttributeValues,
  type ValuesFilter,
} from './attributes/values.ts';
import { type Dependencies, findDependencies } from './dependencies.ts';
import { type AttributeFilter, listAttributes, listOperations, listServices } from './lists.ts';
import { createLooks } from './looks.ts';
import {
  countEdges,
  countSpans,
  type EdgeCounts,
  type EdgeCountsFilter,
  type SpanCount,
  type SpanCountsFilter,
} from './metrics/counts.ts';
import {
  type InstantAnswer,
  type InstantOptions,
  type RangeOptions,
  readSeriesInstant,
  readSeriesRange,
  type SeriesAnswer,
} from './metrics/series.ts';
import { listPeers } from './peers.ts';
import { pinTrace } from './pin.ts';
import { prepared, prepareQuestion } from './prepare.ts';
import type { Question, TimeRange } from './question.ts';
import { type RedFilter, type RedStep, readRed } from './red.ts';
import type {
  Hits,
  HitsPart,
  SeenAttribute,
  SeenOperation,
  SeenService,
  SpanDetails,
  SpanHit,
  Trace,
  TraceColumns,
  TraceHit,
  TraceSummary,
} from './results.ts';
import { startRun } from './run.ts';
import {
  type Explanation,
  explain,
  type Page,
  searchSpans,
  searchTraces,
  searchTracesStream,
} from './search.ts';
import { selectedSpans } from './selected-spans.ts';
import { type QuerySettings, querySettingsOf } from './settings.ts';
import { readSpan, readTrace, readTraceColumns } from './trace.ts';
import { summarise } from './trace-summary.ts';
import { type ReadTrace, readTraces } from './traces.ts';
import { createGate } from './user-sql/gate.ts';
import {
  answerSql,
  answerSqlFile,
  type SqlAnswer,
  type SqlFileFormat,
} from './user-sql/user-sql.ts';
import { type WhyEmpty, whyEmpty } from './why-empty/why-empty.ts';

/** Who asks, and until when: `signal` ends the asking. Without a tenant, the default tenant is asked. */
export type Asker = { readonly tenant?: string; readonly signal?: AbortSignal };

/**
 * Ids may be in any case and with dashes; 1 to 31 digits of a trace id are padded with zeros on the left.
 * Errors of all: `QuestionError` for what the asker got wrong, and the engine's own (`EngineUnavailable`, …).
 */
export type Query = {
  trace(id: string, asker?: Asker): Promise<Trace | null>;
  /** Whole traces in the order of their ids, read in batches as they are taken. */
  traces(ids: readonly string[], asker?: Asker): AsyncIterable<ReadTrace>;
  /** The ids of the spans of a trace that a search selects; `id` has all 32 digits. */
  selectedSpans(id: string, question: Question, asker?: Asker): Promise<ReadonlySet<string>>;
  traceSummary(id: string, asker?: Asker): Promise<TraceSummary | null>;
  traceColumns(id: string, asker?: Asker): Promise<TraceColumns | null>;
  span(id: string, spanId: string, asker?: Asker): Promise<SpanDetails | null>;
  searchTraces(question: Question, page: Page, asker?: Asker): Promise<Hits<TraceHit>>;
  /** The same page in parts, newest first, as they are found and taken. Ends with a part that has an `end`. */
  searchTracesStream(
    question: Question,
    page: Page,
    asker?: Asker,
  ): AsyncIterable<HitsPart<TraceHit>>;
  searchSpans(question: Question, page: Page, asker?: Asker): Promise<Hits<SpanHit>>;
  /** The series of a metrics query, one sample per step. */
  seriesRange(question: Question, options: RangeOptions, asker?: Asker): Promise<SeriesAnswer>;
  /** The same with one number per series, about the whole range. */
  seriesInstant(
    question: Question,
    options?: InstantOptions,
    asker?: Asker,
  ): Promise<InstantAnswer>;
  explain(
    question: Question,
    by: 'trace' | 'span',
    page: Page,
    asker?: Asker,
  ): Promise<Explanation>;
  /** Why a search finds nothing, and what would. @throws QuestionError `unsupported-query` */
  whyEmpty(question: Question, asker?: Asker): Promise<WhyEmpty>;
  services(range?: TimeRange, asker?: Asker): Promise<readonly SeenService[]>;
  operations(service: string, asker?: Asker): Promise<readonly SeenOperation[]>;
  attributes(filter?: AttributeFilter, asker?: Asker): Promise<readonly SeenAttribute[]>;
  /** Names of attributes by their scopes. */
  attributeNames(filter?: NamesFilter, asker?: Asker): Promise<AttributeNames>;
  /** Values of an attribute or an intrinsic. */
  attributeValues(filter: ValuesFilter, asker?: Asker): Promise<AttributeValues>;
  dependencies(range: TimeRange, asker?: Asker): Promise<Dependencies>;
  /** Marks a trace to be kept when its hour ages out; false when there is none of this id. */
  pin(id: string, asker?: Asker): Promise<boolean>;
  peers(service: string, range: TimeRange, asker?: Asker): Promise<readonly string[]>;
  /** Spans per slot of minutes, and calls between services, for faces that show counters. */
  spanCounts(filter: SpanCountsFilter, asker?: Asker): Promise<readonly SpanCount[]>;
  edgeCounts(filter: EdgeCountsFilter, asker?: Asker): Promise<EdgeCounts>;
  red(filter: RedFilter, asker?: Asker): Promise<readonly RedStep[]>;
  /** SQL that a user wrote, over the views of docs/sql.md. */
  sql(text: string, asker?: Asker): Promise<SqlAnswer>;
  /** The same as the bytes of a file. */
  sqlFile(text: string, format: SqlFileFormat, asker?: Asker): Promise<Buffer>;
};

/**
 * @param engine where spans are
 * @param settings limits; what is left out has the default of the settings table
 * @param nowMs the clock: it dates the looks of new services and what is known of attributes, and tells spans that are arriving
 */
export function createQuery(
  engine: Engine,
  settings: Partial<QuerySettings> = {},
  nowMs: () => number = Date.now,
): Query {
  const limits = querySettingsOf(settings);
  const looks = createLooks(engine, nowMs);
  const arrayKeys = createArrayKeys(nowMs);
  const gate = createGate(limits.sql.runningMax);
  const sqlAsk = (asker: Asker | undefined) => ({
    engine,
    gate,
    limits: limits.sql,
    tenant: asker?.tenant ?? limits.tenant,
    signal: asker?.signal,
  });
  const ask = (asker: Asker | undefined): Ask => ({
    tenant: asker?.tenant ?? limits.tenant,
    nowNs: BigInt(nowMs()) * 1_000_000n,
    run: startRun(engine, limits, asker?.signal),
    limits,
    looks,
    arrayKeys,
  });
  return {
    trace: (id, asker) => readTrace(ask(asker), id),
    traces: (ids, asker) => readTraces(() => ask(asker), ids),
    selectedSpans: (id, question, asker) =>
      prepared(ask(asker), question, (of, known) => selectedSpans(of, id, known)),
    traceSummary: async (id, asker) => {
      const columns = await readTraceColumns(ask(asker), id);
      return columns && summarise(columns);
    },
    traceColumns: (id, asker) => readTraceColumns(ask(asker), id),
    span: (id, spanId, asker) => readSpan(ask(asker), id, spanId),
    searchTraces: (question, page, asker) =>
      prepared(ask(asker), question, (of, known) => searchTraces(of, known, page)),
    searchTracesStream: async function* (question, page, asker) {
      const of = ask(asker);
      yield* searchTracesStream(of, await prepareQuestion(of, question), page);
    },
    searchSpans: (question, page, asker) =>
      prepared(ask(asker), question, (of, known) => searchSpans(of, known, page)),
    seriesRange: (question, options, asker) =>
      prepared(ask(asker), question, (of, known) => readSeriesRange(of, known, options)),
    seriesInstant: (question, options, asker) =>
      prepared(ask(asker), question, (of, known) => readSeriesInstant(of, known, options ?? {})),
    explain: (question, by, page, asker) =>
      prepared(ask(asker), question, async (of, known) => explain(of, known, by, page)),
    whyEmpty: (question, asker) => prepared(ask(asker), question, whyEmpty),
    services: (range, asker) => listServices(ask(asker), range ?? null),
    operations: (service, asker) => listOperations(ask(asker), service),
    attributes: (filter, asker) => listAttributes(ask(asker), filter ?? {}),
    attributeNames: (filter, asker) => listAttributeNames(ask(asker), filter ?? {}),
    attributeValues: (filter, asker) => listAttributeValues(ask(asker), filter),
    dependencies: (range, asker) => findDependencies(ask(asker), range),
    pin: (id, asker) => pinTrace(engine, ask(asker), id),
    peers: (service, range, asker) => listPeers(ask(asker), service, range),
    spanCounts: (filter, asker) => countSpans(ask(asker), filter),
    edgeCounts: (filter, asker) => countEdges(ask(asker), filter),
    red: (filter, asker) => readRed(ask(asker), filter),
    sql: (text, asker) => answerSql(sqlAsk(asker), text),
    sqlFile: (text, format, asker) => answerSqlFile(sqlAsk(asker), text, format),
  };
}
