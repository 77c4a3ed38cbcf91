/**
 * Nothing found: what was asked, why nothing matches, and the ways out. Each way is tried, here with a search for one row
 * or by the server, so that the reader sees which of them helps before choosing.
 *
 * Never knows: the router.
 */
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AttributeFilter } from '../address/attribute-filter.ts';
import { type ExploreAddress, hasFilters } from '../address/explore-address.ts';
import { Button } from '../controls/Button.tsx';
import { attributesQuestion, probeQuestion } from '../server/questions.ts';
import { words } from '../words.ts';
import { queryWords } from './query-words.ts';
import { type Relaxation, relaxations } from './relaxations.ts';
import styles from './State.module.css';
import { useFormOf } from './use-form-of.ts';
import { WhyEmpty } from './WhyEmpty.tsx';

const says = words.explore.empty;

export type EmptyAnswerProps = {
  readonly address: ExploreAddress;
  /** The question as the server understood it. */
  readonly traceql: string | undefined;
  readonly onChange: (fields: Partial<ExploreAddress>) => void;
};

export function EmptyAnswer({ address: asked, traceql, onChange }: EmptyAnswerProps) {
  const [nowMs] = useState(() => Date.now());
  const held = useFormOf(asked.q);
  // A text that the form can hold loosens part by part, like fields.
  const address: ExploreAddress = held ? { ...asked, ...held, q: undefined } : asked;
  const ways = relaxations(address, nowMs);
  const probes = useQueries({
    queries: ways.map(({ fields }) => probeQuestion({ ...address, ...fields })),
  });
  const loosen = (fields: Partial<ExploreAddress>) =>
    onChange(held ? { ...held, q: undefined, ...fields } : fields);
  const isAsked = hasFilters(asked) && traceql !== undefined;
  const population = words.explore[address.tab].toLowerCase();
  return (
    <div className={styles.state}>
      <h2>{hasFilters(asked) ? says.title(population) : says.titleBare(population)}</h2>
      {isAsked && <WhyEmpty traceql={traceql} range={asked.range} onChange={onChange} />}
      {address.where.map((filter, index) => (
        <SeenValues
          // biome-ignore lint/suspicious/noArrayIndexKey: equal filters may stand side by side.
          key={`${index} ${filter.key}`}
          filter={filter}
          onPick={(value) =>
            loosen({ where: address.where.with(index, { ...filter, operator: '=', value }) })
          }
        />
      ))}
      <ul className={styles.ways}>
        {ways.map((way, index) => (
          <Way
            key={way.label}
            way={way}
            finds={probes[index]?.data}
            population={population}
            onChange={loosen}
          />
        ))}
      </ul>
      <Link to="/" search={{ connect: '1' }}>
        {says.connect}
      </Link>
    </div>
  );
}

type WayProps = {
  readonly way: Relaxation;
  /** Whether this way finds something; undefined while it is being tried. */
  readonly finds: boolean | undefined;
  readonly population: string;
  readonly onChange: EmptyAnswerProps['onChange'];
};

function Way({ way, finds, population, onChange }: WayProps) {
  return (
    <li>
      <Button onPress={() => onChange(way.fields)}>{way.label}</Button>
      <span className={finds ? styles.finds : styles.quiet}>
        {finds === undefined ? says.checking : finds ? says.finds(population) : says.findsNothing}
      </span>
    </li>
  );
}

type SeenValuesProps = {
  readonly filter: AttributeFilter;
  readonly onPick: (value: string) => void;
};

/** `values seen: 200, 201, 404`, from the catalogue; pressing one asks for it. */
function SeenValues({ filter: { scope, key }, onPick }: SeenValuesProps) {
  const list = useQuery(attributesQuestion(key, scope)).data ?? [];
  const samples = list.find((attribute) => attribute.key === key)?.samples ?? [];
  if (samples.length === 0) return null;
  return (
    <div className={styles.values}>
      <span>{says.values(key)}</span>
      {samples.slice(0, 6).map((value) => (
        <Button
          key={value}
          look="quiet"
          aria-label={queryWords.why.askValue(key, value)}
          onPress={() => onPick(value)}
        >
          <span className={styles.way}>{value}</span>
        </Button>
      ))}
    </div>
  );
}
