/**
 * What a walk finds: its result and the short codes of its reasons.
 *
 * The codes are names in the ledger, in metrics and in error messages, so they do not change.
 * Never knows: how they are found.
 */

export type Verdict = 'clean' | 'mend' | 'refuse';

export interface Walk {
  verdict: Verdict;
  /** Spans in the body, those to be rejected included; for 'refuse', those before the offset. */
  spans: number;
  /** Byte offset of what `reason` names; −1 for 'clean'. */
  offset: number;
  /** Short code of the first thing found; '' for 'clean'. A refusal replaces an earlier mend. */
  reason: WalkReason | '';
  /** Where the first span's content starts and ends; −1 when there is none. */
  firstSpanOffset: number;
  firstSpanEnd: number;
}

export type RefuseReason =
  | 'truncated'
  | 'varint-too-long'
  | 'wrong-wire-type'
  | 'group'
  | 'bad-field-number'
  | 'too-many-spans'
  | 'too-many-groups';

export type MendReason =
  | 'trace-id'
  | 'span-id'
  | 'parent-span-id'
  | 'link-id'
  | 'repeated-field'
  | 'two-members'
  | 'unknown-enum'
  | 'number-range'
  | 'padded-varint'
  | 'reserved-field'
  | 'not-utf8'
  | 'attributes'
  | 'key-length'
  | 'value-length'
  | 'value-depth'
  | 'name-length'
  | 'events'
  | 'links'
  | 'start-time'
  | 'end-time'
  | 'duration';

export type WalkReason = RefuseReason | MendReason;
