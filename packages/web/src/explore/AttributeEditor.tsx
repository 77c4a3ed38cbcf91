/**
 * One condition on an attribute: key from the catalogue, operator, value with samples. Free text counts everywhere,
 * because an attribute may arrive a second later.
 *
 * Never knows: where the condition goes.
 */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useDeferredValue, useState } from 'react';
import {
  type AttributeFilter,
  type Operator,
  operators,
  parseAttributeFilter,
} from '../address/attribute-filter.ts';
import { Button } from '../controls/Button.tsx';
import { Picker } from '../controls/Picker.tsx';
import { Suggest } from '../controls/Suggest.tsx';
import { formatShortCount } from '../format/numbers.ts';
import type { Attribute } from '../server/answers.ts';
import { attributesQuestion } from '../server/questions.ts';
import { words } from '../words.ts';
import styles from './AttributeEditor.module.css';

export type AttributeEditorProps = {
  readonly filter: AttributeFilter | undefined;
  readonly onSave: (filter: AttributeFilter) => void;
};

export function AttributeEditor({ filter, onSave }: AttributeEditorProps) {
  const [key, setKey] = useState(filter ? keyText(filter) : '');
  const [operator, setOperator] = useState<Operator>(filter?.operator ?? '=');
  const [value, setValue] = useState(filter?.value ?? '');
  const catalogue = useCatalogue(key);
  const chosen = catalogue.list.find((one) => isSame(one, key));
  // Typing a whole condition into the key field works, too: `http.status_code>=500`.
  const isWhole = /[=<>~]/.test(key);
  const whole = isWhole
    ? parseAttributeFilter(key)
    : parseAttributeFilter(`${key}${operator} ${value}`);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (whole) onSave(whole);
  };
  return (
    <form className={styles.editor} onSubmit={submit}>
      <Suggest
        label={words.explore.fields.attribute}
        placeholder=""
        width={270}
        autoFocus={filter === undefined}
        submitsOnEnter={isWhole}
        value={key === '' ? undefined : key}
        isLoading={catalogue.isLoading}
        suggestions={catalogue.list.map((one) => ({
          value: `${one.scope}.${one.key}`,
          detail: `${one.type} · ${formatShortCount(one.uses)}`,
        }))}
        onType={setKey}
        onCommit={(next) => setKey(next ?? '')}
      />
      <Picker
        isBare
        label={words.explore.fields.operator}
        width={62}
        value={operator}
        options={operators.map((one) => ({ value: one, label: one }))}
        onChange={setOperator}
      />
      <Suggest
        label={words.explore.fields.value}
        placeholder=""
        width={220}
        autoFocus={filter !== undefined}
        submitsOnEnter
        value={value === '' ? undefined : value}
        suggestions={(chosen?.samples ?? []).map((sample) => ({ value: String(sample) }))}
        onType={setValue}
        onCommit={(next) => setValue(next ?? '')}
      />
      <Button type="submit" look="main" isDisabled={whole === undefined}>
        {filter ? words.explore.save : words.explore.add}
      </Button>
    </form>
  );
}

/** Attributes that begin with what was typed, scope prefix or not. */
function useCatalogue(typed: string): { list: readonly Attribute[]; isLoading: boolean } {
  const text = useDeferredValue(typed.trim());
  const scoped = /^(span|resource|scope|event|link)\.(.*)$/.exec(text);
  const query = useQuery(attributesQuestion(scoped ? scoped[2]! : text, scoped?.[1]));
  return { list: query.data ?? [], isLoading: query.isPending };
}

function keyText(filter: AttributeFilter): string {
  return filter.scope === undefined ? filter.key : `${filter.scope}.${filter.key}`;
}

function isSame(attribute: Attribute, text: string): boolean {
  return `${attribute.scope}.${attribute.key}` === text || attribute.key === text;
}
