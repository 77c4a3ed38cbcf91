/**
 * Conditions on attributes as chips: press one to edit it, × removes it, the last button adds one.
 *
 * Never knows: which attributes exist (AttributeEditor asks).
 */
import { Plus, X } from 'lucide-react';
import { Suspense, useState } from 'react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { type AttributeFilter, formatAttributeFilter } from '../address/attribute-filter.ts';
import { Button } from '../controls/Button.tsx';
import { whenIdle } from '../shell/when-idle.ts';
import { words } from '../words.ts';
import styles from './AttributeChips.module.css';

const AttributeEditor = whenIdle(
  async () => (await import('./AttributeEditor.tsx')).AttributeEditor,
);

export type AttributeChipsProps = {
  readonly filters: readonly AttributeFilter[];
  readonly onChange: (filters: AttributeFilter[]) => void;
};

export function AttributeChips({ filters, onChange }: AttributeChipsProps) {
  return (
    <>
      {filters.map((filter, index) => (
        <Chip
          // biome-ignore lint/suspicious/noArrayIndexKey: equal filters may stand side by side.
          key={`${index} ${formatAttributeFilter(filter)}`}
          filter={filter}
          onSave={(next) => onChange(filters.with(index, next))}
          onRemove={() => onChange(filters.toSpliced(index, 1))}
        />
      ))}
      <EditorTrigger onSave={(next) => onChange([...filters, next])}>
        <Button aria-label={words.explore.addAttributeSays}>
          <Plus size={14} strokeWidth={1.5} aria-hidden="true" />
          {words.explore.addAttribute}
        </Button>
      </EditorTrigger>
    </>
  );
}

type ChipProps = {
  readonly filter: AttributeFilter;
  readonly onSave: (filter: AttributeFilter) => void;
  readonly onRemove: () => void;
};

function Chip({ filter, onSave, onRemove }: ChipProps) {
  const text = formatAttributeFilter(filter);
  const key = filter.scope === undefined ? filter.key : `${filter.scope}.${filter.key}`;
  return (
    <span className={styles.chip}>
      <EditorTrigger filter={filter} onSave={onSave}>
        <Button look="quiet" aria-label={words.explore.editAttribute(text)} title={text}>
          <span className={styles.text}>
            {key} <b>{filter.operator}</b> {filter.value}
          </span>
        </Button>
      </EditorTrigger>
      <Button look="quiet" aria-label={words.explore.removeAttribute(text)} onPress={onRemove}>
        <X size={14} strokeWidth={1.5} aria-hidden="true" />
      </Button>
    </span>
  );
}

type EditorTriggerProps = {
  readonly filter?: AttributeFilter;
  readonly onSave: (filter: AttributeFilter) => void;
  readonly children: React.ReactNode;
};

function EditorTrigger({ filter, onSave, children }: EditorTriggerProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      {children}
      <Popover className={styles.popover!} placement="bottom start" offset={6}>
        <Dialog aria-label={words.explore.addAttributeSays} className={styles.dialog!}>
          <Suspense fallback={null}>
            <AttributeEditor
              filter={filter}
              onSave={(next) => {
                setOpen(false);
                onSave(next);
              }}
            />
          </Suspense>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
