/** One question being answered: who asked, under which limits, with what. */
import type { ArrayKeysReader } from './array-keys.ts';
import type { Looks } from './looks.ts';
import type { Run } from './run.ts';
import type { QuerySettings } from './settings.ts';

export type Ask = {
  readonly tenant: string;
  /** The clock when it was asked. */
  readonly nowNs: bigint;
  readonly run: Run;
  readonly limits: QuerySettings;
  readonly looks: Looks;
  readonly arrayKeys: ArrayKeysReader;
};
