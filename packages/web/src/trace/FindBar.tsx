/**
 * Find inside the trace: a field, how many spans match, steps between them, and whether the rest is hidden.
 *
 * Never knows: how matching works.
 */
import { ChevronDown, ChevronUp, Search } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { Button } from '../controls/Button.tsx';
import { Toggle } from '../controls/Toggle.tsx';
import { toNext } from '../model/navigate.ts';
import type { TraceView } from '../model/trace-view.ts';
import styles from './FindBar.module.css';
import { useView } from './use-view.ts';
import { words } from './words.ts';

const FIELD_ID = 'trace-find';

/** Puts the cursor into the find field and selects what is in it. */
export function focusFind(): void {
  const field = document.getElementById(FIELD_ID);
  if (field instanceof HTMLInputElement) {
    field.focus();
    field.select();
  }
}

export function FindBar({ view }: { view: TraceView }) {
  const find = useView(view, (snapshot) => snapshot.find);
  const mode = useView(view, (snapshot) => snapshot.findMode);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      toNext(view, 'match', !event.shiftKey);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      view.setFind('', 'dim');
      event.currentTarget.blur();
    }
  };
  return (
    <search className={styles.find}>
      <label className={styles.field} data-set={find !== '' ? '' : undefined}>
        <Search size={14} strokeWidth={1.5} aria-hidden="true" />
        <input
          id={FIELD_ID}
          type="text"
          className={styles.input}
          aria-label={words.findIn}
          placeholder={words.findPlaceholder}
          autoComplete="off"
          spellCheck={false}
          value={find}
          onChange={(event) => view.setFind(event.target.value, mode)}
          onKeyDown={onKeyDown}
        />
        {find === '' ? <kbd>/</kbd> : <Count view={view} />}
      </label>
      {find !== '' && (
        <>
          <Button
            look="quiet"
            aria-label={words.findPrevious}
            onPress={() => toNext(view, 'match', false)}
          >
            <ChevronUp size={16} strokeWidth={1.5} aria-hidden="true" />
          </Button>
          <Button
            look="quiet"
            aria-label={words.findNext}
            onPress={() => toNext(view, 'match', true)}
          >
            <ChevronDown size={16} strokeWidth={1.5} aria-hidden="true" />
          </Button>
          <Toggle
            isSelected={mode === 'hide'}
            onChange={(isOn) => view.setFind(find, isOn ? 'hide' : 'dim')}
          >
            {words.findHide}
          </Toggle>
        </>
      )}
    </search>
  );
}

function Count({ view }: { view: TraceView }) {
  const matches = useView(view, (snapshot) => snapshot.matches);
  const selected = useView(view, (snapshot) => snapshot.selected);
  const count = matches?.spans.length ?? 0;
  const at = selected === null || matches === null ? -1 : matches.spans.indexOf(selected);
  return (
    <span role="status" className={count === 0 ? styles.none : styles.count}>
      {count === 0 ? words.findNone : words.findCount(at + 1, count)}
    </span>
  );
}
