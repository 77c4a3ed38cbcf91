/**
 * The services of the trace with their looks: how many spans, and how much of the wall time is theirs on the critical
 * path. The shares add up to the whole, so nothing is counted twice.
 *
 * Never knows: selection.
 */
import { useMemo } from 'react';
import { Swatch } from '../controls/Swatch.tsx';
import { readableName } from '../draw/readable.ts';
import { formatCount, formatShare } from '../format/numbers.ts';
import { isError, pathTime, type TraceStore } from '../model/trace-store.ts';
import styles from './ServiceLegend.module.css';
import { words } from './words.ts';

export function ServiceLegend({ store }: { store: TraceStore }) {
  const rows = useMemo(() => serviceShares(store), [store]);
  return (
    <table className={styles.legend}>
      <caption>{words.legend.title}</caption>
      <thead>
        <tr>
          <th scope="col">{words.legend.service}</th>
          <th scope="col">{words.legend.spans}</th>
          <th scope="col">{words.legend.errors}</th>
          <th scope="col" title={words.legend.pathSays}>
            {words.legend.path}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ service, errors, share }) => (
          <tr key={service}>
            <th scope="row">
              <Swatch look={store.services[service]!.look.slot} />
              <span>{readableName(store.services[service]!.name)}</span>
            </th>
            <td>{formatCount(store.services[service]!.spans)}</td>
            <td className={errors > 0 ? styles.errors : undefined}>{formatCount(errors)}</td>
            <td>{formatShare(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ServiceShare {
  readonly service: number;
  readonly errors: number;
  readonly share: number;
}

/** Services by their part of the critical path, largest first; one pass over the spans. */
export function serviceShares(store: TraceStore): ServiceShare[] {
  const path = new Float64Array(store.services.length);
  const errors = new Uint32Array(store.services.length);
  let total = 0;
  for (let span = 0; span < store.spans; span++) {
    const own = pathTime(store, span);
    const service = store.service[span]!;
    path[service]! += own;
    total += own;
    errors[service]! += isError(store, span) ? 1 : 0;
  }
  return store.services
    .map(({ spans }, service) => ({
      service,
      spans,
      errors: errors[service]!,
      share: total === 0 ? 0 : path[service]! / total,
    }))
    .filter(({ spans }) => spans > 0)
    .sort((a, b) => b.share - a.share || b.spans - a.spans);
}
