/**
 * Why a foreign message could not be translated, and where in it.
 *
 * Never knows: which protocol it was.
 */

/** `path` is like `resourceSpans[0].scopeSpans[1].spans[3].name`, or '' for the message itself. */
export class TranslateError extends Error {
  readonly path: string;

  constructor(path: string, problem: string, options?: { cause: unknown }) {
    super(path === '' ? problem : `${path}: ${problem}`, options);
    this.name = 'TranslateError';
    this.path = path;
  }
}

const SHOWN_CHARS_MAX = 40;

/** A JSON value as an error message shows it: short, and told apart from other types. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) {
    return 'an array';
  }
  if (typeof value === 'object' && value !== null) {
    return 'an object';
  }
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
}
