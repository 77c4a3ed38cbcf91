/** Questions about spans and traces: built, planned, compiled to SQL and run. Start at `createQuery`. */
export { parseAttributeCondition } from './attribute-condition.ts';
export {
  type AttributeNames,
  type NameScope,
  type NamesFilter,
  nameScopes,
} from './attributes/names.ts';
export type { AttributeValues, TypedValue, ValuesFilter } from './attributes/values.ts';
export { type Condition, conditionsQuestion, where } from './conditions.ts';
export type { Dependencies, Dependency } from './dependencies.ts';
export { QuestionError, type QuestionErrorCode, questionErrors } from './errors.ts';
export type { AttributeFilter } from './lists.ts';
export { lookSlots } from './looks.ts';
export type { SeriesSource } from './metrics/asked.ts';
export type {
  Connection,
  EdgeCount,
  EdgeCounts,
  EdgeCountsFilter,
  EdgeLabel,
  NameTest,
  SpanCount,
  SpanCountsFilter,
  SpanLabel,
} from './metrics/counts.ts';
export type {
  InstantAnswer,
  InstantOptions,
  RangeOptions,
  SeriesAnswer,
} from './metrics/series.ts';
export type { Exemplar, Label } from './metrics/stages.ts';
export { peerKeys, peerKinds } from './peers.ts';
export { type Asker, createQuery, type Query } from './query.ts';
export {
  type AttributeCondition,
  type AttributeOperator,
  type AttributeValue,
  type Question,
  type SimpleSearch,
  simpleQuestion,
  type TimeRange,
  textQuestion,
  togetherQuestion,
} from './question.ts';
export type { DurationCounts, RedFilter, RedStep } from './red.ts';
export type {
  Attribute,
  CataloguedScope,
  Hits,
  HitsPart,
  NamedValue,
  Resource,
  Scope,
  SeenAttribute,
  SeenOperation,
  SeenService,
  ServiceShare,
  Span,
  SpanDetails,
  SpanEvent,
  SpanHit,
  SpanLink,
  SpansetHit,
  SpansetSpan,
  Took,
  Trace,
  TraceColumns,
  TraceHit,
  TraceSummary,
} from './results.ts';
export type { Explanation, Page } from './search.ts';
export { type QuerySettings, querySettings, querySettingsOf, type Setting } from './settings.ts';
export type { ReadTrace } from './traces.ts';
export type { SqlAnswer, SqlFileFormat } from './user-sql/user-sql.ts';
export { starColumns, type View, views } from './user-sql/views.ts';
export type { FieldValue } from './value.ts';
export type { ConditionWhy, FilterWhy, WhyEmpty } from './why-empty/why-empty.ts';
