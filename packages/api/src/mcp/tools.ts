/** The tools, in the order in which an agent should think of them. */
import type { Tool } from './tool.ts';
import { compare } from './tools/compare.ts';
import { explainSlow } from './tools/explain-slow.ts';
import { getTrace } from './tools/get-trace.ts';
import { metrics } from './tools/metrics.ts';
import { searchTraces } from './tools/search-traces.ts';
import { servicesAndDependencies } from './tools/services.ts';
import { sql } from './tools/sql.ts';
import { whatChanged } from './tools/what-changed.ts';
import { whyEmpty } from './tools/why-empty.ts';

export const tools: readonly Tool[] = [
  servicesAndDependencies,
  searchTraces,
  getTrace,
  explainSlow,
  compare,
  whatChanged,
  metrics,
  whyEmpty,
  sql,
];
