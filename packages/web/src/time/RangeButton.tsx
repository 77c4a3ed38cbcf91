/**
 * The time range: a button with its words; a popover with presets and a field that understands what people type.
 *
 * Never knows: which page uses it.
 */
import { Clock } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { Button } from '../controls/Button.tsx';
import { words } from '../words.ts';
import { parseRange } from './natural.ts';
import styles from './RangeButton.module.css';
import { isRelative, type TimeRange } from './range.ts';
import { useRangeOpen } from './range-open.ts';
import { frozen, presets, rangeWords } from './range-words.ts';

export type RangeButtonProps = {
  readonly range: TimeRange;
  readonly onChange: (range: TimeRange) => void;
};

export function RangeButton({ range, onChange }: RangeButtonProps) {
  const { isOpen, setOpen } = useRangeOpen();
  const shown = rangeWords(range, Date.now());
  const choose = (next: TimeRange) => {
    setOpen(false);
    onChange(next);
  };
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button aria-label={`${words.time.label}: ${shown}`} title={`${words.time.label} (t)`}>
        <Clock size={15} strokeWidth={1.5} aria-hidden="true" />
        {shown}
      </Button>
      <Popover className={styles.popover!} placement="bottom end" offset={6}>
        <Dialog aria-label={words.time.label} className={styles.dialog!}>
          <RangePanel range={range} onChoose={choose} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function RangePanel({
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
