/** Sentences and labels of the query bar and of why an answer is empty, kept apart because they load with them. */
export const queryWords = {
  label: 'TraceQL',
  placeholder: '{ resource.service.name = "checkout" && duration > 500ms }',
  options: 'Completions',
  enter: 'Enter runs it',
  copy: 'Copy TraceQL',
  copied: 'TraceQL copied',
  why: {
    asking: 'Looking for the reason…',
    failed: (message: string) => `The reason could not be found out: ${message}`,
    none: (from: string, to: string) => `There are no spans at all from ${from} to ${to}.`,
    counted: (spans: string) => `Of ${spans} in this range:`,
    countedNewest: (spans: string, from: string) =>
      `Of the newest ${spans} in this range, back to ${from}:`,
    holdsForNone: 'holds for none',
    holdsFor: (spans: string) => `holds for ${spans}`,
    wholeTraces: 'only whole traces can tell',
    notTogether: 'never both for the same span',
    matches: (spans: string) => `matches ${spans}`,
    dropped: 'but what follows drops them all, or no trace has them as asked',
    askValue: (key: string, value: string) => `Ask ${key} = ${value}`,
    apply: (traceql: string) => `Ask ${traceql}`,
    because: {
      'another name': 'another name of the attribute',
      'another scope': 'the attribute stands elsewhere',
      'another type': 'another type of value',
      'another value': 'a value near the one asked for',
    } as Readonly<Record<string, string>>,
    earlier: (time: string) => `Look back to ${time}`,
    later: (time: string) => `Look on until ${time}`,
  },
} as const;
