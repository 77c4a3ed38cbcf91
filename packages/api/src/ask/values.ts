/**
 * The kinds of values a URL parameter may have: each a schema that reads text, or says in one
 * sentence what was found and what was wanted.
 *
 * Never knows: which endpoint uses it.
 */
import * as v from 'valibot';
import { limits } from '../limits.ts';
import { durationForm, parseDurationNs } from './duration.ts';
import { timeForm } from './time.ts';

/** The words of a refusal: valibot's issue carries `wanted`, the asker's name and text are added later. */
function read<T>(wanted: string, description: string, parse: (text: string) => T | undefined) {
  return v.pipe(
    v.string(wanted),
    v.description(description),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const value = parse(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message: wanted });
      return NEVER;
    }),
  );
}

export function text(description: string, charsMax: number = limits.textCharsMax) {
  const wanted = `1 to ${charsMax} characters`;
  return v.pipe(
    v.string(wanted),
    v.minLength(1, wanted),
    v.maxLength(charsMax, wanted),
    v.description(description),
  );
}

export function oneOf<const Options extends readonly string[]>(
  options: Options,
  description: string,
) {
  const list = options.slice(0, -1).join(', ');
  return v.pipe(v.picklist(options, `${list} or ${options.at(-1)}`), v.description(description));
}

export function duration(description: string) {
  return read(durationForm, `${description}; ${durationForm}, or nanoseconds`, parseDurationNs);
}

/** Kept as text: what `now` means is decided when the question is asked. */
export function time(description: string) {
  return v.pipe(v.string(timeForm), v.description(`${description}; ${timeForm}`));
}

export function count(description: string, max: number) {
  const wanted = `a whole number from 1 to ${max}`;
  return read(wanted, `${description}; ${wanted}`, (digits) => {
    const value = /^\d{1,9}$/.test(digits) ? Number(digits) : 0;
    return value >= 1 && value <= max ? value : undefined;
  });
}

/** Given once it arrives as a string, given more often as a list. */
export function repeatable(description: string, max: number) {
  const wanted = `at most ${max} of them`;
  return v.pipe(
    v.union([v.string(), v.pipe(v.array(v.string()), v.maxLength(max, wanted))], wanted),
    v.description(`${description}; may be repeated`),
    v.transform((given) => (typeof given === 'string' ? [given] : given)),
  );
}
