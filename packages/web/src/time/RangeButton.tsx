/**
 * The time range: a button with its words, and the popover that changes it (RangePanel.tsx).
 *
 * Never knows: which page uses it.
 */
import { Clock } from 'lucide-react';
import { Suspense } from 'react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { Button } from '../controls/Button.tsx';
import { whenIdle } from '../shell/when-idle.ts';
import { words } from '../words.ts';
import styles from './RangeButton.module.css';
import type { TimeRange } from './range.ts';
import { useRangeOpen } from './range-open.ts';
import { rangeWords } from './range-words.ts';

const RangePanel = whenIdle(async () => (await import('./RangePanel.tsx')).RangePanel);

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
          <Suspense fallback={null}>
            <RangePanel range={range} onChoose={choose} />
          </Suspense>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
