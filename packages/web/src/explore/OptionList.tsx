/** The completions under the cursor. The focus stays in the field, so pressing one must not take it. */
import { useEffect, useRef } from 'react';
import type { Option } from '../query-text/options.ts';
import styles from './QueryBar.module.css';
import { queryWords } from './query-words.ts';

export type OptionListProps = {
  readonly id: string;
  readonly options: readonly Option[];
  /** Index of the option that the keyboard walked to; -1 = none. */
  readonly active: number;
  /** How far the field is scrolled, px. */
  readonly scrolled: number;
  readonly onTake: (option: Option) => void;
};

export const optionId = (index: number) => `explore-query-option-${index}`;

export function OptionList({ id, options, active, scrolled, onTake }: OptionListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[Math.max(0, active)]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const from = options[0]?.from ?? 0;
  return (
    <div
      ref={list}
      id={id}
      className={styles.options}
      style={{ left: `clamp(0px, calc(${from}ch - ${scrolled}px), calc(100% - 420px))` }}
      role="listbox"
      aria-label={queryWords.options}
    >
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active option.
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field handles the keys.
        <div
          key={`${option.text} ${option.says}`}
          id={optionId(index)}
          className={styles.option}
          role="option"
          aria-selected={index === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(option)}
        >
          <code>{option.text}</code>
          <span className={styles.says}>{option.says}</span>
        </div>
      ))}
    </div>
  );
}
