/**
 * The shapes of the native API's answers, under the names this package uses. They are the server's own types, so an
 * answer that changes there does not compile here.
 *
 * Times are texts of epoch nanoseconds (they do not fit a number), durations are numbers of nanoseconds, ids are
 * lower-case hex. Never knows: how they are fetched.
 */
import type {
  AttributesAnswer,
  OperationsAnswer,
  SearchAnswer,
  ServicesAnswer,
  StatusAnswer,
  WhyEmptyAnswer,
} from '@clew/api';

export type { SearchAnswer, WhyEmptyAnswer };
export type Status = StatusAnswer;
export type Listener = StatusAnswer['listeners'][number];
/** `look` is the colour slot, see tokens/looks.ts. */
export type Service = ServicesAnswer['services'][number];
export type Operation = OperationsAnswer['operations'][number];
export type Attribute = AttributesAnswer['attributes'][number];
export type TraceRow = NonNullable<SearchAnswer['traces']>[number];
export type SpanRow = NonNullable<SearchAnswer['spans']>[number];
export type ServiceShare = TraceRow['services'][number];
