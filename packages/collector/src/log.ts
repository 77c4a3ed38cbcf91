/** The log that is handed in: a constant message in lower case, facts as fields. */
export type { Log } from '@clew/store';
