/**
 * The question as text and as fields: service, operation, status, kind, duration, attributes. Each change of a field asks
 * at once; Enter asks the text, or asks again.
 *
 * Never knows: the server's parameters, the router.
 */
import { useQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { type FormEvent, Suspense, useRef } from 'react';
import {
  type ExploreAddress,
  hasFilters,
  kinds,
  noFilters,
  statuses,
} from '../address/explore-address.ts';
import { Button } from '../controls/Button.tsx';
import { Picker } from '../controls/Picker.tsx';
import { Suggest } from '../controls/Suggest.tsx';
import { counted } from '../format/numbers.ts';
import type { ServerError } from '../server/ask.ts';
import { operationsQuestion, servicesQuestion } from '../server/questions.ts';
import { whenIdle } from '../shell/when-idle.ts';
import { words } from '../words.ts';
import { AttributeChips } from './AttributeChips.tsx';
import { DurationFields } from './DurationFields.tsx';
import styles from './QuestionForm.module.css';
import { useFormOf } from './use-form-of.ts';

// The language comes with it, and the answer does not wait for either.
const QueryBar = whenIdle(async () => (await import('./QueryBar.tsx')).QueryBar);

const says = words.explore.fields;

export type QuestionFormProps = {
  readonly address: ExploreAddress;
  readonly onChange: (fields: Partial<ExploreAddress>) => void;
  readonly onRun: () => void;
  readonly isRunning: boolean;
  /** The server's refusal of the question. */
  readonly error: ServerError | undefined;
};

export function QuestionForm({ address, onChange, onRun, isRunning, error }: QuestionFormProps) {
  const asker = useRef<(() => boolean) | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!asker.current?.()) onRun();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: `search` is the role of a form that searches.
    <form
      role="search"
      aria-label={words.explore.question}
      className={styles.form}
      onSubmit={submit}
    >
      <Suspense fallback={<div className={styles.bar} />}>
        <QueryBar address={address} onChange={onChange} error={error} asker={asker} />
      </Suspense>
      <div className={styles.row}>
        <Fields address={address} onChange={onChange} />
        <div className={styles.run}>
          {hasFilters(address) && (
            <Button look="quiet" onPress={() => onChange(noFilters)}>
              {words.explore.clear}
            </Button>
          )}
          <Button type="submit" look="main" aria-busy={isRunning}>
            <Play size={13} strokeWidth={2} aria-hidden="true" />
            {words.explore.run}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** The fields, as far as they can say what the text says; changing one of them writes the text anew. */
function Fields({ address, onChange }: FieldProps) {
  const held = useFormOf(address.q);
  if (!held) {
    return <p className={styles.onlyText}>{held === null && words.explore.onlyText}</p>;
  }
  const shown = { ...address, ...held };
  const change = (fields: Partial<ExploreAddress>) =>
    onChange({ ...held, q: undefined, ...fields });
  return (
    <div className={styles.fields}>
      <ServiceField address={shown} onChange={change} />
      <OperationField address={shown} onChange={change} />
      <Picker
        label={says.status}
        width={128}
        value={shown.status ?? 'any'}
        isSet={shown.status !== undefined}
        options={withAny(statuses)}
        onChange={(status) => change({ status: status === 'any' ? undefined : status })}
      />
      <Picker
        label={says.kind}
        width={146}
        value={shown.kind ?? 'any'}
        isSet={shown.kind !== undefined}
        options={withAny(kinds)}
        onChange={(kind) => change({ kind: kind === 'any' ? undefined : kind })}
      />
      <DurationFields address={shown} onChange={change} />
      <AttributeChips filters={shown.where} onChange={(where) => change({ where })} />
    </div>
  );
}

type FieldProps = Pick<QuestionFormProps, 'address' | 'onChange'>;

function ServiceField({ address, onChange }: FieldProps) {
  const services = useQuery(servicesQuestion(address.range));
  return (
    <Suggest
      isClearable
      label={says.service}
      width={196}
      value={address.service}
      isLoading={services.isPending}
      suggestions={(services.data ?? []).map(({ name, look, spans }) => ({
        value: name,
        look,
        detail: counted(spans, 'span'),
      }))}
      onCommit={(service) => onChange({ service, operation: undefined })}
    />
  );
}

function OperationField({ address, onChange }: FieldProps) {
  const operations = useQuery({
    ...operationsQuestion(address.service ?? ''),
    enabled: address.service !== undefined,
  });
  const names = [...new Set((operations.data ?? []).map(({ name }) => name))];
  return (
    <Suggest
      isClearable
      label={says.operation}
      width={230}
      value={address.operation}
      isLoading={operations.isLoading}
      suggestions={names.map((name) => ({ value: name }))}
      onCommit={(operation) => onChange({ operation })}
    />
  );
}

function withAny<Value extends string>(values: readonly Value[]) {
  const any = { value: 'any' as const, label: words.controls.any };
  return [any, ...values.map((value) => ({ value, label: value }))];
}
