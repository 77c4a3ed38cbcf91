/** One of a fixed few values, or any. */
import { ChevronDown } from 'lucide-react';
import {
  Button as AriaButton,
  type Key,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
} from 'react-aria-components';
import styles from './field.module.css';

export type PickerProps<Value extends string> = {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
  /** px */
  readonly width: number;
  /** Shown as set: a value other than the neutral one. */
  readonly isSet?: boolean;
  /** Without the label inside the frame. */
  readonly isBare?: boolean;
};

export function Picker<Value extends string>(props: PickerProps<Value>) {
  const { label, value, options, onChange, width } = props;
  const change = (key: Key | null) => {
    const option = options.find((one) => one.value === key);
    if (option) onChange(option.value);
  };
  return (
    <Select
      value={value}
      onChange={change}
      className={styles.field!}
      style={{ width }}
      data-set={props.isSet ? '' : undefined}
      data-bare={props.isBare ? '' : undefined}
    >
      <Label className={props.isBare ? 'visually-hidden' : styles.label!}>{label}</Label>
      <AriaButton className={styles.trigger!}>
        <SelectValue className={styles.value!} />
        <ChevronDown size={14} strokeWidth={1.5} aria-hidden="true" />
      </AriaButton>
      <Popover className={styles.popover!} offset={4}>
        <ListBox className={styles.list!}>
          {options.map((option) => (
            <ListBoxItem key={option.value} id={option.value} className={styles.option!}>
              {option.label}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
