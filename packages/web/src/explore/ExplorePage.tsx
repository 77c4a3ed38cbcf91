/**
 * Explore: a question as fields, its answer as a table. Everything that is shown is in the address.
 *
 * Never knows: how the server answers.
 */
import { useEffect } from 'react';
import { useExploreAddress } from '../address/use-address.ts';
import { KeyHints } from '../controls/KeyHints.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { Toggle } from '../controls/Toggle.tsx';
import { usePageKeys } from '../keys/page-keys.ts';
import { rememberQuestion } from '../palette/recent.ts';
import { TopBar } from '../shell/TopBar.tsx';
import { UnreadNote } from '../shell/UnreadNote.tsx';
import { RangeButton } from '../time/RangeButton.tsx';
import { useRangeOpen } from '../time/range-open.ts';
import { words } from '../words.ts';
import { Answer } from './Answer.tsx';
import styles from './ExplorePage.module.css';
import { QuestionForm } from './QuestionForm.tsx';
import { queryFieldId } from './query-field-id.ts';
import { StartFrom } from './StartFrom.tsx';
import { useAnswer } from './use-answer.ts';

const populationOptions = [
  { value: 'traces', label: words.explore.traces },
  { value: 'spans', label: words.explore.spans },
] as const;

export function ExplorePage() {
  const { address, notes, change } = useExploreAddress();
  const answer = useAnswer(address);
  const openRange = useRangeOpen((state) => state.setOpen);
  const { tab, live } = address;
  useEffect(() => rememberQuestion(address), [address]);
  usePageKeys(words.keys.explore, [
    {
      keys: '$mod+Enter',
      shown: 'Ctrl Enter',
      says: words.keys.run,
      run: answer.runAgain,
      everywhere: true,
    },
    {
      keys: 't',
      shown: 't',
      says: words.keys.time,
      run: (event) => {
        event.preventDefault();
        openRange(true);
      },
    },
    {
      keys: 'q',
      shown: 'q',
      says: words.keys.query,
      run: (event) => {
        event.preventDefault();
        document.getElementById(queryFieldId)?.focus();
      },
    },
    { keys: 'l', shown: 'l', says: words.keys.live, run: () => change({ live: !live }) },
    {
      keys: 'v',
      shown: 'v',
      says: words.keys.population,
      run: () => change({ tab: tab === 'traces' ? 'spans' : 'traces' }),
    },
  ]);
  return (
    <>
      <TopBar
        title={words.explore.title}
        actions={
          <>
            <Toggle isSelected={live} onChange={(isOn) => change({ live: isOn })}>
              {words.explore.live}
            </Toggle>
            <RangeButton
              range={address.range}
              onChange={(range) => change({ range }, { push: true })}
            />
          </>
        }
      >
        <Segmented
          label={words.explore.population}
          value={tab}
          options={populationOptions}
          onChange={(next) => change({ tab: next }, { push: true })}
        />
      </TopBar>
      <main id="content" className={styles.content}>
        <UnreadNote notes={notes} />
        <QuestionForm
          address={address}
          onChange={(fields) => change(fields, { push: true })}
          onRun={answer.runAgain}
          isRunning={answer.isAsking}
          error={answer.isStale ? undefined : answer.error}
        />
        <StartFrom address={address} onChange={(fields) => change(fields, { push: true })} />
        <Answer
          address={address}
          answer={answer}
          onChange={(fields) => change(fields, { push: true })}
        />
      </main>
      <footer className={styles.foot}>
        <KeyHints hints={words.explore.foot} />
      </footer>
    </>
  );
}
