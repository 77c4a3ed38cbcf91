/**
 * Is a text a regular expression that the engine (RE2) takes? https://github.com/google/re2/wiki/Syntax
 *
 * JavaScript's own compiler finds what is malformed; what it allows beyond RE2 (look-around, back-references) and what
 * RE2 allows beyond it (leading flags, `\z`, POSIX classes) is handled here. Never knows: matching.
 */

export function isRegularExpression(text: string): boolean {
  if (/\(\?(?:[=!]|<[=!])/.test(withoutClasses(text))) return false;
  if (/(?:^|[^\\])(?:\\\\)*\\[1-9k]/.test(text)) return false;
  try {
    new RegExp(asJavaScript(text), 'u');
    return true;
  } catch {
    return isLaxlyValid(asJavaScript(text));
  }
}

/** RE2 tolerates escapes of punctuation that the strict mode refuses. */
function isLaxlyValid(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function asJavaScript(text: string): string {
  return text
    .replace(/\(\?[imsU-]+\)/g, '')
    .replace(/\(\?[imsU-]+:/g, '(?:')
    .replaceAll('(?P<', '(?<')
    .replace(/\\[Az]/g, '')
    .replace(/\[\[:\^?[a-z]+:\]\]/g, '[a]')
    .replace(/\[:\^?[a-z]+:\]/g, 'a');
}

function withoutClasses(text: string): string {
  return text.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '');
}
