/**
 * One span: name, status, timing, and tabs for attributes, events, links, resource and the raw answer.
 *
 * Never knows: the panel around it.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { readableName } from '../draw/readable.ts';
import { formatDuration } from '../format/duration.ts';
import { isError, isOnPath, spanIdHex } from '../model/trace-store.ts';
import type { TraceView } from '../model/trace-view.ts';
import styles from './DetailsPanel.module.css';
import { AttributesTab, EventsTab, LinksTab, RawTab, ResourceTab } from './DetailsTabs.tsx';
import { eventOffset } from './event-offset.ts';
import { type SpanDetails, spanQuestion } from './load-trace.ts';
import type { WaterfallStage } from './waterfall-stage.ts';
import { words } from './words.ts';

export interface SpanDetailsViewProps {
  readonly view: TraceView;
  readonly stage: WaterfallStage | null;
  readonly span: number;
}

export function SpanDetailsView({ view, stage, span }: SpanDetailsViewProps) {
  const { store } = view;
  const details = useQuery(spanQuestion(store.traceId, spanIdHex(store, span)));
  useEventTicks(view, stage, span, details.data);
  const { tabs } = words.details;
  return (
    <div className={styles.body}>
      <SpanHead view={view} span={span} details={details.data} />
      {details.error !== null && (
        <p className={styles.failed} role="alert">
          {words.details.failed} {details.error.message}
        </p>
      )}
      {details.data === undefined && details.error === null && <Skeleton />}
      {details.data !== undefined && (
        <Tabs className={styles.tabs!}>
          <TabList className={styles.tabList!} aria-label={words.details.label}>
            <DetailsTab
              id="attributes"
              text={tabs.attributes}
              count={details.data.attributes.length}
            />
            <DetailsTab id="events" text={tabs.events} count={details.data.events.length} />
            <DetailsTab id="links" text={tabs.links} count={details.data.links.length} />
            <DetailsTab id="resource" text={tabs.resource} />
            <DetailsTab id="raw" text={tabs.raw} />
          </TabList>
          <TabPanel id="attributes" className={styles.tabPanel!}>
            <AttributesTab key={details.data.spanId} details={details.data} />
          </TabPanel>
          <TabPanel id="events" className={styles.tabPanel!}>
            <EventsTab details={details.data} />
          </TabPanel>
          <TabPanel id="links" className={styles.tabPanel!}>
            <LinksTab view={view} details={details.data} />
          </TabPanel>
          <TabPanel id="resource" className={styles.tabPanel!}>
            <ResourceTab details={details.data} />
          </TabPanel>
          <TabPanel id="raw" className={styles.tabPanel!}>
            <RawTab details={details.data} />
          </TabPanel>
        </Tabs>
      )}
    </div>
  );
}

function DetailsTab({ id, text, count }: { id: string; text: string; count?: number }) {
  return (
    <Tab id={id} className={styles.tab!}>
      {text}
      {count !== undefined && count > 0 && <span className={styles.count}> {count}</span>}
    </Tab>
  );
}

interface SpanHeadProps {
  readonly view: TraceView;
  readonly span: number;
  readonly details: SpanDetails | undefined;
}

function SpanHead({ view, span, details }: SpanHeadProps) {
  const { store } = view;
  const kind = words.details.kinds[store.kind[span]!] ?? words.details.kinds[0];
  return (
    <header>
      <h2 className={styles.title}>
        {readableName(store.names[store.name[span]!]!)}
        {isError(store, span) && <span className={styles.badge}>✕ {words.error}</span>}
      </h2>
      <p className={styles.timing}>
        {readableName(store.services[store.service[span]!]!.name)} · {kind} · +
        {formatDuration(store.start[span]! - store.wallStart)} ·{' '}
        <b>{formatDuration(store.duration[span]!)}</b> · {words.details.self}{' '}
        {formatDuration(store.self[span]!)}
        {isOnPath(store, span) && ` · ${words.details.onPath}`}
      </p>
      {details !== undefined && details.statusMessage !== '' && (
        <p className={styles.message}>{details.statusMessage}</p>
      )}
      {details !== undefined && details.marks.length > 0 && (
        <p className={styles.marks}>
          {words.details.marked}: {details.marks.join(', ')}
        </p>
      )}
    </header>
  );
}

/** Hands the times of the span's events to the canvas. */
function useEventTicks(
  view: TraceView,
  stage: WaterfallStage | null,
  span: number,
  details: SpanDetails | undefined,
): void {
  useEffect(() => {
    const times = Float64Array.from(details?.events ?? [], ({ timeNs }) =>
      eventOffset(timeNs, view.store.baseNs),
    );
    stage?.setEventTimes(times.length === 0 ? new Map() : new Map([[span, times]]));
  }, [view, stage, span, details]);
}

function Skeleton() {
  return (
    <div className={styles.skeleton} aria-busy="true">
      {[64, 120, 88, 140, 72].map((width) => (
        <div key={width}>
          <span style={{ width: width * 0.8 }} />
          <span style={{ width }} />
        </div>
      ))}
    </div>
  );
}
