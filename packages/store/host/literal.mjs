/** Values as text of the engine's dialect. */

const escapes = { '\\': '\\\\', "'": "\\'", '\0': '\\0', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A string literal that no value can leave: https://clickhouse.com/docs/sql-reference/syntax#string */
export function literal(value) {
  return `'${value.replace(/[\\'\0\n\r\t]/g, (char) => escapes[char])}'`;
}
