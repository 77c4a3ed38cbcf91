/**
 * The options at the cursor, with what the server's catalogue knows; recomputed on every letter, asked once per prefix.
 *
 * Never knows: how they are drawn.
 */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo } from 'react';
import { type CatalogueAsk, catalogueAsk, type Option, optionsAt } from '../query-text/options.ts';
import { attributesQuestion, operationsQuestion, servicesQuestion } from '../server/questions.ts';
import type { TimeRange } from '../time/range.ts';

/** Nothing is asked while `isOpen` is false. */
export function useOptions(
  text: string,
  cursor: number,
  range: TimeRange,
  isOpen: boolean,
): readonly Option[] {
  const place = useDeferredValue(isOpen ? `${cursor} ${text}` : '');
  const ask = useMemo(() => askAt(place), [place]);
  const attributes = useQuery({
    ...attributesQuestion(
      ask?.of === 'attributes' ? ask.prefix : '',
      ask?.of === 'attributes' ? ask.scope : undefined,
    ),
    enabled: ask?.of === 'attributes',
  }).data;
  const services = useQuery({ ...servicesQuestion(range), enabled: ask?.of === 'services' }).data;
  const operations = useQuery({
    ...operationsQuestion(ask?.of === 'operations' ? ask.service : ''),
    enabled: ask?.of === 'operations',
  }).data;
  return useMemo(() => {
    if (!isOpen) return [];
    const known = {
      services: services?.map(({ name }) => name),
      operations: operations && [...new Set(operations.map(({ name }) => name))],
    };
    const names = ask && ask.of !== 'attributes' ? known[ask.of] : undefined;
    return optionsAt(text, cursor, {
      ...(attributes === undefined ? {} : { attributes }),
      ...(names === undefined ? {} : { names }),
    });
  }, [isOpen, text, cursor, ask, attributes, services, operations]);
}

function askAt(place: string): CatalogueAsk | undefined {
  const found = /^(\d+) ([\s\S]*)$/.exec(place);
  return found === null ? undefined : catalogueAsk(found[2]!, Number(found[1]));
}
