/**
 * What there is: services, operations, attributes.   before: query.ts   after: sql/catalogue.ts
 *
 * Never knows: spans.
 */
import type { KindName } from '@clew/traceql';
import type { Ask } from './ask.ts';
import { QuestionError } from './errors.ts';
import type { TimeRange } from './question.ts';
import type { CataloguedScope, SeenAttribute, SeenOperation, SeenService } from './results.ts';
import { attributesStatement, operationsStatement, servicesStatement } from './sql/catalogue.ts';

export type AttributeFilter = {
  readonly scope?: CataloguedScope;
  readonly prefix?: string;
  readonly limit?: number;
};

/** A service with more operations than this has ids in its span names; the list would not help. */
const operationsMax = 10_000;
const attributesMax = 1_000;

type ServiceRow = {
  readonly service: string;
  readonly spanCount: number;
  readonly errorCount: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
};

export async function listServices(
  ask: Ask,
  range: TimeRange | null,
): Promise<readonly SeenService[]> {
  const rows = await ask.run.rows<ServiceRow>(servicesStatement(ask.tenant, range));
  const names = rows.map((row) => row.service);
  const slots = await ask.looks.slotsOf(ask.tenant, names, ask.run);
  return rows.map(({ service, spanCount, errorCount, firstSeenMs, lastSeenMs }) => ({
    name: service,
    look: slots.get(service) ?? 0,
    spans: spanCount,
    errors: errorCount,
    firstSeenMs,
    lastSeenMs,
  }));
}

type OperationRow = {
  readonly name: string;
  readonly kind: KindName;
  readonly spanCount: number;
  readonly lastSeenMs: number;
};

export async function listOperations(ask: Ask, service: string): Promise<readonly SeenOperation[]> {
  const statement = operationsStatement(ask.tenant, service, operationsMax);
  const rows = await ask.run.rows<OperationRow>(statement);
  return rows.map(({ spanCount, ...row }) => ({ ...row, spans: spanCount }));
}

type AttributeRow = Omit<SeenAttribute, 'uses' | 'samples'> & {
  readonly useCount: number;
  readonly sampleList: readonly string[];
};

/** @throws QuestionError `bad-limit` */
export async function listAttributes(
  ask: Ask,
  filter: AttributeFilter,
): Promise<readonly SeenAttribute[]> {
  const { scope = null, prefix = '', limit = attributesMax } = filter;
  if (!Number.isInteger(limit) || limit < 1 || limit > attributesMax) {
    throw new QuestionError('bad-limit', { found: String(limit), max: String(attributesMax) });
  }
  const statement = attributesStatement({ tenant: ask.tenant, scope, prefix, limit });
  const rows = await ask.run.rows<AttributeRow>(statement);
  return rows.map(({ useCount, sampleList, ...row }) => ({
    ...row,
    uses: useCount,
    samples: sampleList,
  }));
}
