/**
 * What the time range popover holds: presets, a field that understands what people type, the freeze.
 *
 * Loaded when the popover opens or the browser is idle. Never knows: which page uses it.
 */
import { type FormEvent, useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { words } from '../words.ts';
import { parseRange } from './natural.ts';
import styles from './RangeButton.module.css';
import { isRelative, type TimeRange } from './range.ts';
import { frozen, presets, rangeWords } from './range-words.ts';

export function RangePanel({
  range,
  onChoose,
}: {
  range: TimeRange;
  onChoose: (range: TimeRange) => void;
}) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      <div className={styles.presets}>
        {presets.map((preset) => (
          <Button
            key={preset.from}
            look={preset.from === range.from && range.to === 'now' ? 'main' : 'plain'}
            onPress={() => onChoose(preset)}
          >
            {rangeWords(preset, 0)}
          </Button>
        ))}
      </div>
      <TypedRange onChoose={onChoose} />
      {isRelative(range) && (
        <div className={styles.freeze}>
          <Button onPress={() => onChoose(frozen(range, Date.now()))}>{words.time.freeze}</Button>
          <span>{words.time.freezeSays}</span>
        </div>
      )}
      <p className={styles.zone}>{words.time.zone(zone)}</p>
    </>
  );
}

function TypedRange({ onChoose }: { onChoose: (range: TimeRange) => void }) {
  const [text, setText] = useState('');
  const [isRefused, setRefused] = useState(false);
  const read = parseRange(text, Date.now());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (read) onChoose(read);
    else setRefused(true);
  };
  return (
    <form onSubmit={submit} className={styles.typed}>
      <label htmlFor="typed-range">{words.time.typed}</label>
      <div className={styles.line}>
        <input
          id="typed-range"
          className={styles.input}
          // biome-ignore lint/a11y/noAutofocus: the popover was opened to type or to pick; focus inside it is expected.
          autoFocus
          autoComplete="off"
          spellCheck={false}
          placeholder="last 90m"
          value={text}
          aria-invalid={isRefused || undefined}
          aria-describedby="typed-range-says"
          onChange={(event) => {
            setText(event.target.value);
            setRefused(false);
          }}
        />
        <Button type="submit" look="main">
          {words.time.apply}
        </Button>
      </div>
      <p
        id="typed-range-says"
        className={isRefused ? styles.refused : styles.says}
        aria-live="polite"
      >
        {isRefused ? words.time.unread : read ? rangeWords(read, Date.now()) : words.time.examples}
      </p>
    </form>
  );
}
