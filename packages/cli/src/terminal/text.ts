/**
 * Text as a terminal sees it: columns taken, cut to a width, padded, wrapped.
 *
 * Lengths are columns, not code units: wide characters (CJK, emoji) take two, marks none.
 * Never knows: colours.
 */

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** East Asian Wide and Fullwidth blocks (Unicode TR 11, the ranges that matter) and emoji. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

const ASCII = /^[\x20-\x7e]*$/;

export function columns(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeColumns(segment);
  return width;
}

/** Cut to `width` columns, with `…` as the last one when something is missing. */
export function cut(text: string, width: number): string {
  if (width <= 0) return '';
  if (columns(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += graphemeColumns(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Exactly `width` columns: cut or padded on the right. */
export function fit(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + ' '.repeat(Math.max(0, width - columns(shown)));
}

/** Words from outside on one safe line: control characters would move the cursor or worse. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}

/** Wrapped at spaces, each line indented. */
export function wrap(text: string, width: number, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one) => ' '.repeat(indent) + one).join('\n');
}

function graphemeColumns(segment: string): number {
  if (ASCII.test(segment)) return segment.length;
  if (/^[\p{M}\p{Cf}\p{Cc}]+$/u.test(segment)) return 0;
  return WIDE.test(segment) ? 2 : 1;
}
