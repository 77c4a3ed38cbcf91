/**
 * JSON that comes in pieces, indented for people: `prettyPrint=true` of Jaeger's older API.
 *
 * Never knows: what the JSON says.
 */

/** @param pieces JSON without white space between its signs, cut anywhere */
export async function* indented(
  pieces: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string> {
  const indent = createIndent();
  for await (const piece of pieces) yield indent(piece);
}

const opening = '[{';
const closing = ']}';

function createIndent(): (piece: string) => string {
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  /** An opening sign: its line ends unless it is closed at once. */
  let isOpen = false;
  const line = () => `\n${'    '.repeat(depth)}`;

  const inText = (sign: string): string => {
    isText = isEscaped || sign !== '"';
    isEscaped = !isEscaped && sign === '\\';
    return sign;
  };
  const outside = (sign: string): string => {
    const isClosing = closing.includes(sign);
    if (isClosing) depth -= 1;
    const before = isOpen === isClosing ? '' : line();
    isOpen = opening.includes(sign);
    if (isOpen) depth += 1;
    isText = sign === '"';
    if (sign === ',') return `,${line()}`;
    return `${before}${sign}${sign === ':' ? ' ' : ''}`;
  };
  return (piece) => {
    let written = '';
    for (const sign of piece) written += isText ? inText(sign) : outside(sign);
    return written;
  };
}
