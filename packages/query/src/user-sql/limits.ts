/**
 * What a user's SQL may be, whatever it asks. What an operator may change is in ../settings.ts.
 *
 * Never knows: who enforces a limit.
 */
export const sqlLimits = {
  /** A question longer than ten screens is a program. */
  charsMax: 32 * 1024,
  /** Expressions and queries inside each other; keeps every walk of the tree off the end of the stack. */
  depthMax: 64,
  /** Views, queries and helpers named in all of a statement. */
  tablesMax: 24,
  /** Operators of a statement: a chain of them is a tree as deep as it is long. */
  operatorsMax: 1000,
  /** Elements of one list: columns, arguments, values of an IN. */
  listMax: 1000,
  nameCharsMax: 128,
} as const;
