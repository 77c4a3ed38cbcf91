/** What the failed spans of a trace say: status message and exception, the deepest first. */
import type { ToolContext } from '../tool.ts';
import type { TraceTree } from '../trace/tree.ts';
import { printDuration } from '../words.ts';

/** Each costs a read. */
const detailsMax = 6;

export async function errorLines(tree: TraceTree, { query, signal }: ToolContext) {
  const failed = Array.from({ length: tree.rows }, (_, row) => row).filter(tree.isError);
  // Where no child failed, the error began.
  const origins = failed.filter((row) => !tree.children[row]!.some(tree.isError));
  const shown = [...origins, ...failed.filter((row) => !origins.includes(row))];
  const lines = await Promise.all(
    shown.slice(0, detailsMax).map(async (row) => {
      const spanId = tree.spanId(row);
      const span = await query.span(tree.columns.traceId, spanId, { signal });
      const exception = span?.events.find(({ name }) => name === 'exception');
      const said = ['exception.type', 'exception.message']
        .flatMap((key) => exception?.attributes.filter((each) => each.key === key) ?? [])
        .map(({ value }) => String(value))
        .join(': ');
      const words = [span?.statusMessage, said].filter((text) => text !== undefined && text !== '');
      const origin = origins.includes(row) ? 'began here' : 'passed on';
      return `- ${tree.service(row)}: ${tree.name(row)} at +${printDuration(tree.columns.start[row]!)}, ${origin}: ${words.join('; ') || 'no message'} (span ${spanId})`;
    }),
  );
  const more = failed.length - lines.length;
  return more > 0 ? [...lines, `… and ${more} more failed spans`] : lines;
}
