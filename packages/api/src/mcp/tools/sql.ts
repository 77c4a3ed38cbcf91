/** `sql`: one SELECT over the documented views. */
import { type SqlAnswer, starColumns, views } from '@clew/query';
import * as v from 'valibot';
import { tracePath } from '../links.ts';
import { maxTokens, tool } from '../tool.ts';
import { counted } from '../words.ts';

const listed = Object.entries(views)
  .map(([name, view]) => {
    const call = view.takes === 'trace' ? `${name}('trace id')` : name;
    return `${call} (${starColumns(view).join(', ')})`;
  })
  .join('; ');

export const sql = tool({
  name: 'sql',
  title: 'SQL over spans',
  description: `One read-only SELECT in ClickHouse's SQL. Views: ${listed}. Views take a range as spans('now-1h') or spans('2026-01-31T12:00:00Z', 'now'); give one. Attributes: attributes['http.route'], resource['k8s.pod.name']; numbers by attr_int['http.response.status_code'] >= 500. Aggregate in SQL and use LIMIT.`,
  input: v.strictObject({
    sql: v.pipe(v.string(), v.minLength(1), v.maxLength(32 * 1024), v.description('the SELECT')),
    maxTokens,
  }),
  async answer(given, { query, signal }) {
    const { columns, rows, complete, took } = await query.sql(given.sql, { signal });
    const notes = [
      `${counted(rows.length, 'row')}${complete ? '' : ', and there are more'}, ${took.ms} ms`,
    ];
    return {
      query: given.sql,
      path: pathOf({ columns, rows }),
      notes,
      sections: [
        {
          title: columns.map(({ name }) => name).join(' | '),
          lines: rows.map((row) => row.map(cellText).join(' | ')),
          more: 'aggregate, or use LIMIT and OFFSET',
        },
      ],
    };
  },
});

/** The first trace that is named; no page shows a table. */
function pathOf({ columns, rows }: Pick<SqlAnswer, 'columns' | 'rows'>): string {
  const at = columns.findIndex(({ name }) => name === 'trace_id');
  const traceId = at === -1 ? undefined : rows[0]?.[at];
  return typeof traceId === 'string' && /^[0-9a-f]{32}$/.test(traceId)
    ? tracePath(traceId)
    : '/explore';
}

function cellText(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  return cell === null ? 'null' : JSON.stringify(cell);
}
