/**
 * An answer against the one that was expected. Expectations are exact, but for these signs:
 *
 *     "<any>" "<string>" "<number>" "<digits>" "<hex>"   one value of that kind; digits and hex are strings
 *     "<~expression>"                                     a string that the regular expression matches
 *     {"…": "…"}                                          further members may be there
 *     ["…"] at the end                                    further elements may be there
 *     ["<set>", …]                                        the elements in any order
 *
 * In text, a line `<~expression>` is matched by its expression, and a last line `…` lets anything follow.
 *
 * Never knows: where an answer comes from.
 */

const more = '…';

/** What differs, one sentence each, with the place in the answer; empty when nothing does. */
export function differences(expected: unknown, found: unknown, at = '$'): string[] {
  if (typeof expected === 'string' && expected.startsWith('<')) {
    return isOfKind(expected, found) ? [] : [said(at, expected, found)];
  }
  if (Array.isArray(expected)) return listDifferences(expected, found, at);
  if (isObject(expected)) return objectDifferences(expected, found, at);
  return Object.is(expected, found) ? [] : [said(at, expected, found)];
}

/** Texts line by line; an empty line at the end does not count. */
export function textDifferences(expected: string, found: string): string[] {
  const wanted = expected.split('\n');
  const lines = found.replace(/\n$/, '').split('\n');
  const isOpen = wanted.at(-1) === more;
  if (isOpen) wanted.pop();
  if (lines.length < wanted.length || (lines.length > wanted.length && !isOpen)) {
    return [said('the text', expected, found)];
  }
  return wanted.flatMap((line, at) => {
    const isRight = line.startsWith('<') ? isOfKind(line, lines[at]) : line === lines[at];
    return isRight ? [] : [said(`line ${at + 1}`, line, lines[at])];
  });
}

function said(at: string, expected: unknown, found: unknown): string {
  const text = found === undefined ? 'nothing' : JSON.stringify(found);
  return `${at}: found ${text.slice(0, 600)}, wanted ${JSON.stringify(expected)}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfKind(kind: string, found: unknown): boolean {
  switch (kind) {
    case '<any>':
      return found !== undefined;
    case '<string>':
      return typeof found === 'string';
    case '<number>':
      return typeof found === 'number';
    case '<digits>':
      return typeof found === 'string' && /^\d+$/.test(found);
    case '<hex>':
      return typeof found === 'string' && /^[0-9a-f]+$/.test(found);
    default: {
      const [, pattern] = /^<~(.*)>$/s.exec(kind) ?? [];
      if (pattern === undefined) throw new Error(`${kind} is no sign of an expectation`);
      return typeof found === 'string' && new RegExp(pattern).test(found);
    }
  }
}

function objectDifferences(
  expected: Readonly<Record<string, unknown>>,
  found: unknown,
  at: string,
): string[] {
  if (!isObject(found)) return [said(at, expected, found)];
  const names = Object.keys(expected).filter((name) => name !== more);
  const extra = more in expected ? [] : Object.keys(found).filter((name) => !names.includes(name));
  return [
    ...names.flatMap((name) => differences(expected[name], found[name], `${at}.${name}`)),
    ...extra.map((name) => `${at}: found a member ${name}, wanted ${names.join(', ')} only`),
  ];
}

function listDifferences(expected: readonly unknown[], found: unknown, at: string): string[] {
  if (!Array.isArray(found)) return [said(at, expected, found)];
  const isSet = expected[0] === '<set>';
  const isOpen = expected.at(-1) === more;
  const wanted = expected.slice(isSet ? 1 : 0, isOpen ? -1 : undefined);
  if (found.length < wanted.length || (found.length > wanted.length && !isOpen)) {
    return [
      `${at}: found ${found.length} elements, wanted ${wanted.length}: ${said(at, expected, found)}`,
    ];
  }
  if (isSet) return setDifferences(wanted, found, at);
  return wanted.flatMap((one, index) => differences(one, found[index], `${at}[${index}]`));
}

/** Each wanted element takes the first that is left and like it. */
function setDifferences(
  wanted: readonly unknown[],
  found: readonly unknown[],
  at: string,
): string[] {
  const left = [...found];
  return wanted.flatMap((one) => {
    const index = left.findIndex((each) => differences(one, each).length === 0);
    if (index < 0) return [said(`${at}, in any order`, one, left)];
    left.splice(index, 1);
    return [];
  });
}
