/**
 * `POST /sql`: one SELECT over the views of docs/sql.md → JSON, or a file.
 *
 * The statement is the whole body as text, or `sql` of a JSON body; the format is said there, in the URL or by Accept.
 * Never knows: what is allowed in SQL, or how it is run.
 */
import type { SqlFileFormat } from '@clew/query';
import type { FastifyReply } from 'fastify';
import * as v from 'valibot';
import { oneOf } from '../ask/values.ts';
import { clientLeft } from '../client-left.ts';
import type { App } from '../typed-app.ts';
import { sqlAnswer } from './answers.ts';
import type { NativeParts } from './routes.ts';

type Format = SqlFileFormat | 'json';

const fileTypes: Readonly<Record<SqlFileFormat, readonly [type: string, extension: string]>> = {
  csv: ['text/csv; charset=utf-8; header=present', 'csv'],
  arrow: ['application/vnd.apache.arrow.file', 'arrow'],
  'arrow-stream': ['application/vnd.apache.arrow.stream', 'arrows'],
  parquet: ['application/vnd.apache.parquet', 'parquet'],
};

const format = v.optional(
  oneOf(['json', 'csv', 'arrow', 'arrow-stream', 'parquet'], 'form of the answer; else by Accept'),
);
const sqlQuery = v.strictObject({ format });
/** Other properties are a mistake, a misspelt `format` most likely. */
const sqlBody = v.union(
  [v.string(), v.strictObject({ sql: v.string(), format })],
  'a JSON object {"sql": "select …", "format": "json"}, or the statement as text/plain',
);

export function sqlRoutes(app: App, { query }: NativeParts): void {
  const schema = {
    summary: 'One SELECT over the documented views',
    description:
      'Read-only; views, functions and limits are described in docs/sql.md. JSON is cut at sql.rows_max rows and says so; a file with more rows is refused.',
    tags: ['search'],
    consumes: ['application/json', 'text/plain'],
    querystring: sqlQuery,
    body: sqlBody,
    response: { 200: sqlAnswer },
  };
  const config = { takesPost: true };
  app.post('/api/v1/sql', { schema, config }, async (request, reply) => {
    const { body, query: ask, headers } = request;
    const signal = clientLeft(reply);
    const asked = typeof body === 'string' ? { sql: body } : body;
    const form = asked.format ?? ask.format ?? acceptedFormat(headers.accept);
    reply.header('cache-control', 'no-store');
    if (form !== 'json') {
      return sendFile(reply, form, await query.sqlFile(asked.sql, form, { signal }));
    }
    const { columns, rows, complete, sql, took } = await query.sql(asked.sql, { signal });
    return { columns, rows, rowCount: rows.length, complete, sql, took };
  });
}

function sendFile(reply: FastifyReply, form: SqlFileFormat, bytes: Buffer): FastifyReply {
  const [type, extension] = fileTypes[form];
  return reply
    .type(type)
    .header('content-disposition', `attachment; filename="clew.${extension}"`)
    .send(bytes);
}

/** The first type of the header that there is a form for; weights are not read, order is. */
function acceptedFormat(accept = ''): Format {
  const wanted = accept.split(',').map((each) => each.split(';', 1)[0]!.trim().toLowerCase());
  for (const type of wanted) {
    if (type === 'application/json' || type === '*/*') return 'json';
    const found = Object.entries(fileTypes).find(([, [name]]) => name.startsWith(type));
    if (found !== undefined && type.includes('/')) return found[0] as SqlFileFormat;
  }
  return 'json';
}
