/**
 * Why a question finds nothing, as the server counted it, and the near questions that do find something: each a press
 * away.
 *
 * Never knows: the router.
 */
import { useQuery } from '@tanstack/react-query';
import type { ExploreAddress } from '../address/explore-address.ts';
import { Button } from '../controls/Button.tsx';
import { epochMsOf, formatClock } from '../format/instants.ts';
import { counted } from '../format/numbers.ts';
import { asking } from '../query-text/form-text.ts';
import type { WhyEmptyAnswer } from '../server/answers.ts';
import { whyEmptyQuestion } from '../server/questions.ts';
import type { TimeRange } from '../time/range.ts';
import { words } from '../words.ts';
import { queryWords } from './query-words.ts';
import styles from './State.module.css';

const says = queryWords.why;

export type WhyEmptyProps = {
  readonly traceql: string;
  readonly range: TimeRange;
  readonly onChange: (fields: Partial<ExploreAddress>) => void;
};

export function WhyEmpty({ traceql, range, onChange }: WhyEmptyProps) {
  const { data: why, error } = useQuery(whyEmptyQuestion(traceql, range));
  if (error) return <p className={styles.quiet}>{says.failed(error.message)}</p>;
  return (
    <div className={styles.why} role="status">
      {why ? <Reasons why={why} /> : <p className={styles.quiet}>{says.asking}</p>}
      {why && <Instead why={why} range={range} onChange={onChange} />}
    </div>
  );
}

const clock = (ns: string) => formatClock(epochMsOf(ns), Date.now());

function Reasons({ why }: { why: WhyEmptyAnswer }) {
  const { spans, fromNs, toNs, whole } = why.counted;
  if (spans === 0) return <p>{says.none(clock(fromNs), clock(toNs))}</p>;
  const among = counted(spans, 'span');
  const empty = why.filters.filter((filter) => filter.spans === 0);
  return (
    <>
      <p>{whole ? says.counted(among) : says.countedNewest(among, clock(fromNs))}</p>
      <ul className={styles.reasons}>
        {empty.map((filter) => (
          <FilterReasons key={filter.filter} filter={filter} />
        ))}
        {empty.length === 0 &&
          why.filters.map((filter) => (
            <li key={filter.filter}>
              <code>{filter.filter}</code> {says.matches(counted(filter.spans, 'span'))}
            </li>
          ))}
      </ul>
      {empty.length === 0 && <p>{says.dropped}</p>}
    </>
  );
}

type FilterWhy = WhyEmptyAnswer['filters'][number];

/** Each condition with what it matches alone, then the pairs that never meet. */
function FilterReasons({ filter }: { filter: FilterWhy }) {
  const never = filter.pairs.filter(({ spans }) => spans === 0);
  return (
    <>
      {filter.conditions.map(({ condition, spans }) => (
        <li key={condition}>
          <code>{condition}</code>{' '}
          {spans === 0 ? (
            <span className={styles.bad}>✕ {says.holdsForNone}</span>
          ) : spans === null ? (
            says.wholeTraces
          ) : (
            says.holdsFor(counted(spans, 'span'))
          )}
        </li>
      ))}
      {never.map(({ conditions: [one, other] }) => (
        <li key={`${one} ${other}`}>
          <code>{one}</code> <code>{other}</code>{' '}
          <span className={styles.bad}>✕ {says.notTogether}</span>
        </li>
      ))}
    </>
  );
}

type InsteadProps = Omit<WhyEmptyProps, 'traceql'> & { readonly why: WhyEmptyAnswer };

function Instead({ why, range, onChange }: InsteadProps) {
  const { instead, earlierNs, laterNs } = why;
  const ways = [
    ...instead.map(({ traceql, because }) => ({
      label: says.apply(traceql),
      detail: says.because[because] ?? because,
      fields: asking(traceql),
    })),
    ...(earlierNs === null ? [] : [widened(says.earlier(clock(earlierNs)), earlierNs, 'from')]),
    ...(laterNs === null ? [] : [widened(says.later(clock(laterNs)), laterNs, 'to')]),
  ];
  if (ways.length === 0) return null;
  const finds = words.explore.empty.finds(words.explore.traces.toLowerCase());
  function widened(label: string, ns: string, end: 'from' | 'to') {
    return { label, detail: '', fields: { range: { ...range, [end]: around(ns, end) } } };
  }
  return (
    <ul className={styles.ways}>
      {ways.map(({ label, detail, fields }) => (
        <li key={label}>
          <Button onPress={() => onChange(fields)}>
            <span className={styles.way}>{label}</span>
          </Button>
          <span className={styles.finds}>{finds}</span>
          <span className={styles.quiet}>{detail}</span>
        </li>
      ))}
    </ul>
  );
}

/** A point a minute outside of an instant, so that its trace is inside. */
function around(ns: string, end: 'from' | 'to'): string {
  const minuteMs = 60_000;
  return new Date(epochMsOf(ns) + (end === 'from' ? -minuteMs : minuteMs)).toISOString();
}
