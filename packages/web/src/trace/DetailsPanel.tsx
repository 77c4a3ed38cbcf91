/**
 * The panel at the right: what the selected span says. Title and timing come from memory at once, the rest is asked for.
 *
 * Never knows: how the span was selected.
 */
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '../controls/Button.tsx';
import type { TraceView } from '../model/trace-view.ts';
import { groupOfRow } from '../model/visible-rows.ts';
import styles from './DetailsPanel.module.css';
import { GroupDetails } from './GroupDetails.tsx';
import { ServiceLegend } from './ServiceLegend.tsx';
import { SpanDetailsView } from './SpanDetailsView.tsx';
import { useView } from './use-view.ts';
import type { WaterfallStage } from './waterfall-stage.ts';
import { words } from './words.ts';

export interface DetailsPanelProps {
  readonly view: TraceView;
  readonly stage: WaterfallStage | null;
  readonly width: number;
  readonly onClose: () => void;
}

export function DetailsPanel({ view, stage, width, onClose }: DetailsPanelProps) {
  const selected = useView(view, (snapshot) => snapshot.selected);
  useEffect(() => {
    if (selected === null || selected < 0) {
      stage?.setEventTimes(new Map());
    }
  }, [stage, selected]);
  return (
    <aside className={styles.panel} style={{ width }} aria-label={words.details.label}>
      <div className={styles.close}>
        <Button
          look="quiet"
          aria-label={words.details.close}
          title={`${words.details.close} (Ctrl \\)`}
          onPress={onClose}
        >
          <X size={16} strokeWidth={1.5} aria-hidden="true" />
        </Button>
      </div>
      {selected === null ? (
        <div className={styles.body}>
          <p className={styles.none}>{words.details.none}</p>
          <ServiceLegend store={view.store} />
        </div>
      ) : selected < 0 ? (
        <GroupDetails view={view} group={groupOfRow(selected)} />
      ) : (
        <SpanDetailsView view={view} stage={stage} span={selected} />
      )}
    </aside>
  );
}
