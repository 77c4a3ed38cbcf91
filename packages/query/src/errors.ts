/**
 * What can be wrong with a question, as a table: code, words, and what to do. Faces turn these into answers.
 *
 * Never knows: HTTP. A face maps `QuestionError` to "bad request" and everything else to its own table.
 */

export const questionErrors = {
  'bad-trace-id': {
    says: 'trace id {found} is not 1 to 32 hexadecimal digits, or is zero',
    help: 'copy the whole trace id; 16 digits are padded with zeros on the left, dashes are ignored',
  },
  'bad-span-id': {
    says: 'span id {found} is not 16 hexadecimal digits, or is zero',
    help: 'copy the whole span id',
  },
  'bad-range': {
    says: 'the time range from {from} to {to} is empty or outside the years 1970 to 2262',
    help: 'give a "from" that is earlier than "to"',
  },
  'bad-limit': {
    says: 'limit {found} is not a whole number from 1 to {max}',
    help: 'ask for fewer rows and go on with the cursor',
  },
  'bad-cursor': {
    says: 'the cursor was not made by this search',
    help: 'ask without a cursor to start from the newest again',
  },
  'bad-attribute': {
    says: 'cannot read {found} as an attribute condition',
    help: 'write key=value with one of = != > >= < <= ~ !~, for example http.response.status_code>=500; a prefix such as span. or resource. chooses the scope, quotes make the value a string',
  },
  'bad-field': {
    says: '{found} is no field',
    help: 'write an attribute with its scope, such as resource.service.name or .http.route, or an intrinsic such as name or event:name',
  },
  'bad-step': {
    says: 'step {found} is not a whole number of minutes',
    help: 'counts are kept per minute; give 1 or more',
  },
  'bad-series-step': {
    says: 'a step of {found} ns is no whole number of milliseconds, or less than {least} ms, the least for this range',
    help: 'ask for longer steps or a shorter range',
  },
  'too-many-series': {
    says: 'the answer has more than {max} values',
    help: 'ask for longer steps, a shorter range, or by fewer fields',
  },
  'bad-sql': {
    says: 'cannot read the SQL: {found}',
    help: 'one SELECT is taken; the views, columns and functions are described in docs/sql.md',
  },
  'sql-not-allowed': {
    says: 'not allowed in SQL here: {found}',
    help: 'one SELECT over the views of docs/sql.md is taken, with the functions listed there',
  },
  'sql-refused': {
    says: 'the engine cannot answer this SQL: {found}',
    help: 'names of columns and their types are described in docs/sql.md',
  },
  'sql-over-limit': {
    says: 'the SQL went past a limit and was stopped: {found}',
    help: 'ask about a shorter time, for example from spans(now() - interval 1 hour), for fewer columns, or with LIMIT',
  },
  'sql-busy': {
    says: '{max} SQL statements are running already, and {waiting} wait',
    help: 'ask again in a moment, or raise the setting sql.running_max',
  },
  'wrong-kind-of-query': {
    says: 'found {found}, wanted {wanted}',
    help: 'searches give traces and spans, metrics queries, which end in rate() or the like, give series; each is asked in a place of its own',
  },
  'too-complex': {
    says: 'the question has too many parts: {found}',
    help: 'ask with fewer operators; many values of one attribute are one regular expression, =~ "a|b|c"',
  },
  'unsupported-query': {
    says: '{found} is not supported yet',
    help: 'ask about a part of it',
  },
} as const satisfies Record<string, { says: string; help: string }>;

export type QuestionErrorCode = keyof typeof questionErrors;

/** The asker's mistake. `message` says what was found, `hint` what to do. */
export class QuestionError extends Error {
  readonly code: QuestionErrorCode;
  readonly hint: string;

  constructor(code: QuestionErrorCode, facts: Readonly<Record<string, string>> = {}) {
    const { says, help } = questionErrors[code];
    super(says.replace(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? name));
    this.name = 'QuestionError';
    this.code = code;
    this.hint = help;
  }
}
