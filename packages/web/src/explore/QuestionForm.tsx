/**
 * The question as fields: service, operation, status, kind, duration, attributes. Each change asks at once; Enter asks
 * again.
 *
 * Never knows: the server's parameters, the router.
 */
import { useQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import type { FormEvent } from 'react';
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
import { operationsQuestion, servicesQuestion } from '../server/questions.ts';
import { words } from '../words.ts';
import { AttributeChips } from './AttributeChips.tsx';
import { DurationFields } from './DurationFields.tsx';
import styles from './QuestionForm.module.css';

const says = words.explore.fields;

export type QuestionFormProps = {
  readonly address: ExploreAddress;
  readonly onChange: (fields: Partial<ExploreAddress>) => void;
  readonly onRun: () => void;
  readonly isRunning: boolean;
};

export function QuestionForm({ address, onChange, onRun, isRunning }: QuestionFormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onRun();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: `search` is the role of a form that searches.
    <form
      role="search"
      aria-label={words.explore.question}
      className={styles.form}
      onSubmit={submit}
    >
      <div className={styles.fields}>
        <ServiceField address={address} onChange={onChange} />
        <OperationField address={address} onChange={onChange} />
        <Picker
          label={says.status}
          width={128}
          value={address.status ?? 'any'}
          isSet={address.status !== undefined}
          options={withAny(statuses)}
          onChange={(status) => onChange({ status: status === 'any' ? undefined : status })}
        />
        <Picker
          label={says.kind}
          width={146}
          value={address.kind ?? 'any'}
          isSet={address.kind !== undefined}
          options={withAny(kinds)}
          onChange={(kind) => onChange({ kind: kind === 'any' ? undefined : kind })}
        />
        <DurationFields address={address} onChange={onChange} />
        <AttributeChips filters={address.where} onChange={(where) => onChange({ where })} />
      </div>
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
    </form>
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
