/**
 * A field with suggestions that never insists on them: what is typed counts, too.
 *
 * The value is committed on Enter, on a pick and on leaving the field, not on every letter. Never knows: where
 * suggestions come from.
 */
import { ChevronDown, X } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import {
  Button as AriaButton,
  ComboBox,
  Group,
  Input,
  type Key,
  ListBox,
  ListBoxItem,
  Popover,
} from 'react-aria-components';
import { words } from '../words.ts';
import styles from './field.module.css';
import { Swatch } from './Swatch.tsx';

export type Suggestion = {
  readonly value: string;
  readonly detail?: string;
  /** Colour slot, for services. */
  readonly look?: number;
};

export type SuggestProps = {
  readonly label: string;
  readonly value: string | undefined;
  readonly suggestions: readonly Suggestion[];
  readonly onCommit: (value: string | undefined) => void;
  /** Told on every letter, for suggestions that depend on what was typed. */
  readonly onType?: (text: string) => void;
  readonly placeholder?: string;
  /** px */
  readonly width: number;
  readonly isLoading?: boolean;
  readonly isDisabled?: boolean;
  readonly autoFocus?: boolean;
  /** Enter on a typed text also submits the form around the field. */
  readonly submitsOnEnter?: boolean;
  /** Offers a button that empties the field. */
  readonly isClearable?: boolean;
};

export function Suggest(props: SuggestProps) {
  const { label, value, suggestions, onCommit, onType, width, isLoading = false } = props;
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useTyped(value);
  const select = (key: Key | null) => {
    const next = key === null ? text.trim() : String(key);
    if (next !== (value ?? '')) onCommit(next === '' ? undefined : next);
    setText(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    // With an option in focus the list takes Enter; without one, what is typed is meant.
    const hasOption = event.currentTarget.hasAttribute('aria-activedescendant');
    if (event.key !== 'Enter' || hasOption) return;
    select(null);
    if (!props.submitsOnEnter) return;
    // An open list would swallow the Enter, and the reader would have to press it twice.
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  };
  return (
    <ComboBox
      aria-label={label}
      allowsCustomValue
      allowsEmptyCollection
      menuTrigger="focus"
      inputValue={text}
      onInputChange={(next) => {
        setText(next);
        onType?.(next);
      }}
      selectedKey={suggestions.some((one) => one.value === value) ? (value ?? null) : null}
      onSelectionChange={select}
      onBlur={() => select(null)}
      isDisabled={props.isDisabled ?? false}
      defaultItems={suggestions.map((one) => ({ ...one, id: one.value }))}
    >
      <Group
        className={styles.field!}
        style={{ width }}
        data-set={value === undefined ? undefined : ''}
      >
        <span className={styles.label} aria-hidden="true">
          {label}
        </span>
        <Input
          ref={input}
          onKeyDown={onKeyDown}
          className={styles.input!}
          placeholder={props.placeholder ?? words.controls.any}
          autoFocus={props.autoFocus ?? false}
          spellCheck="false"
        />
        <AriaButton className={styles.open!}>
          <ChevronDown size={14} strokeWidth={1.5} aria-hidden="true" />
        </AriaButton>
        {props.isClearable && value !== undefined && (
          <AriaButton
            slot={null}
            className={styles.clear!}
            aria-label={words.controls.clear(label)}
            onPress={() => {
              input.current?.focus();
              onCommit(undefined);
            }}
          >
            <X size={14} strokeWidth={1.5} aria-hidden="true" />
          </AriaButton>
        )}
      </Group>
      <Popover className={styles.popover!} offset={4}>
        <ListBox
          className={styles.list!}
          renderEmptyState={() => (
            <p className={styles.empty}>
              {isLoading ? words.controls.loading : words.controls.noSuggestion}
            </p>
          )}
        >
          {(item: Suggestion & { id: string }) => <Option item={item} />}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

function Option({ item }: { item: Suggestion }) {
  return (
    <ListBoxItem id={item.value} textValue={item.value} className={styles.option!}>
      {item.look !== undefined && <Swatch look={item.look} />}
      <span className={styles.name}>{item.value}</span>
      {item.detail !== undefined && <span className={styles.detail}>{item.detail}</span>}
    </ListBoxItem>
  );
}

/** What is typed, until the committed value changes from elsewhere. */
function useTyped(value: string | undefined) {
  const [state, setState] = useState({ value, text: value ?? '' });
  if (state.value !== value) setState({ value, text: value ?? '' });
  const setText = (text: string) => setState((before) => ({ ...before, text }));
  return [state.value === value ? state.text : (value ?? ''), setText] as const;
}
