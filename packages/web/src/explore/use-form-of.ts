/**
 * The fields that say what a text says. The language is loaded when there is a text to read, so that a question asked by
 * fields needs none of it.
 *
 * Never knows: how it is read (query-text/form-text.ts).
 */
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import type { FormFields } from '../query-text/form-text.ts';

/** No fields for no text; null when the form cannot hold it; undefined until that is known. */
export function useFormOf(q: string | undefined): Partial<FormFields> | null | undefined {
  const form = useQuery({ ...formQuestion(q ?? ''), enabled: q !== undefined }).data;
  return q === undefined ? noFields : form;
}

const noFields = {};

function formQuestion(q: string) {
  return queryOptions({
    queryKey: ['form-of', q],
    queryFn: async () => (await import('../query-text/form-text.ts')).formOf(q) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: 'always',
    // The fields stay where they are from one text to the next.
    placeholderData: keepPreviousData,
  });
}
