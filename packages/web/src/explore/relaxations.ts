/**
 * Ways out of an empty answer: the question with one part less, or with more time.
 *
 * Never knows: which of them finds something (EmptyAnswer.tsx asks the server).
 */
import { type ExploreAddress, noFilters } from '../address/explore-address.ts';
import { pointMs } from '../time/range.ts';
import { words } from '../words.ts';
import { questionParts } from './question-words.ts';

export type Relaxation = {
  readonly label: string;
  readonly fields: Partial<ExploreAddress>;
};

/** Each costs one small search, and more than these would not be read. */
const offeredMax = 6;

/** The wider ranges that are tried, in ms with their texts. */
const wider = [
  { from: 'now-24h', ms: 86_400_000 },
  { from: 'now-7d', ms: 604_800_000 },
];

/** Most specific first: the last filters of the form, then time. `nowMs` resolves relative ranges. */
export function relaxations(address: ExploreAddress, nowMs: number): Relaxation[] {
  // A text that the form cannot hold has no parts that could be taken away.
  const isText = address.q !== undefined;
  const fewer = (isText ? [] : questionParts(address))
    .toReversed()
    .map(({ text, without }) => ({ label: words.explore.empty.without(text), fields: without }));
  const from = pointMs(address.range.from, nowMs) ?? nowMs;
  const longer = wider
    .filter(({ ms }) => nowMs - ms < from)
    .map((one) => ({
      label: words.explore.empty.wider(one.from),
      fields: { range: { from: one.from, to: 'now' } },
    }));
  const none =
    isText || fewer.length > 1
      ? [{ label: words.explore.empty.withoutAll, fields: noFilters }]
      : [];
  const others = [...none, ...longer];
  return [...fewer.slice(0, offeredMax - others.length), ...others];
}
