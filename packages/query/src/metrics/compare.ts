/**
 * `compare({ … })`.
 *
 * Never knows: SQL text.
 */
import type { Compare, Pipeline } from '@clew/traceql';
import { QuestionError } from '../errors.ts';
import type { MetricsAsk } from './asked.ts';
import type { Series } from './stages.ts';

export async function readCompare(
  _asked: MetricsAsk,
  _source: Pipeline,
  _call: Compare,
): Promise<readonly Series[]> {
  throw new QuestionError('unsupported-query', { found: 'compare()' });
}
