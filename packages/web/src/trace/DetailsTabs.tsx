/**
 * The tabs of the details panel, one component each.
 *
 * Never knows: which tab is open, how details are fetched.
 */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { traceLink } from '../address/links.ts';
import { Button } from '../controls/Button.tsx';
import { readableName } from '../draw/readable.ts';
import { formatDuration } from '../format/duration.ts';
import { epochMsOf } from '../format/instants.ts';
import { findSpanId } from '../model/trace-store.ts';
import type { TraceView } from '../model/trace-view.ts';
import { copyText } from '../shell/share.ts';
import { AttributeList, LongText } from './AttributeList.tsx';
import { groupAttributes, valueText } from './attribute-groups.ts';
import styles from './DetailsPanel.module.css';
import { eventOffset } from './event-offset.ts';
import type { Attribute, SpanDetails, SpanEvent, SpanLink } from './load-trace.ts';
import { words } from './words.ts';

/** Below this many the filter would only take room. */
const FILTER_FROM = 6;

export function AttributesTab({ details }: { details: SpanDetails }) {
  const [filter, setFilter] = useState('');
  const { attributes, droppedAttributes } = details;
  if (attributes.length === 0) {
    return <p className={styles.none}>{words.details.noAttributes}</p>;
  }
  const groups = groupAttributes(attributes, filter);
  return (
    <>
      {attributes.length >= FILTER_FROM && (
        <input
          type="text"
          className={styles.filter}
          aria-label={words.details.filter}
          placeholder={words.details.filter}
          autoComplete="off"
          spellCheck={false}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      )}
      {groups.length === 0 && <p className={styles.none}>{words.details.noneMatch}</p>}
      {groups.map((group) => (
        <section key={group.title}>
          <h3 className={styles.heading}>{group.title}</h3>
          <AttributeList attributes={group.attributes} scope="span" />
        </section>
      ))}
      <Dropped count={droppedAttributes} what="attributes" />
    </>
  );
}

export function EventsTab({ details }: { details: SpanDetails }) {
  if (details.events.length === 0) {
    return <p className={styles.none}>{words.details.noEvents}</p>;
  }
  return (
    <ol>
      {details.events.map((event, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events have no id and never change order.
        <EventEntry key={i} event={event} startNs={details.startNs} />
      ))}
      <Dropped count={details.droppedEvents} what="events" />
    </ol>
  );
}

/** An exception leads with its type and message; its stack stays folded. */
function EventEntry({ event, startNs }: { event: SpanEvent; startNs: string }) {
  const find = (key: string) => event.attributes.find((attribute) => attribute.key === key);
  const lead = [find('exception.type'), find('exception.message')]
    .flatMap((attribute) => (attribute === undefined ? [] : [valueText(attribute)]))
    .join(': ');
  const stack = find('exception.stacktrace');
  const told = ['exception.type', 'exception.message', 'exception.stacktrace'];
  const rest: Attribute[] = event.attributes.filter(
    ({ key }) => lead === '' || !told.includes(key),
  );
  return (
    <li className={styles.entry}>
      <p>
        <span className={styles.offset}>+{formatDuration(eventOffset(event.timeNs, startNs))}</span>{' '}
        <b>{readableName(event.name)}</b>
      </p>
      {lead !== '' && <p className={styles.message}>{lead}</p>}
      {lead !== '' && stack !== undefined && <LongText text={valueText(stack)} />}
      <AttributeList attributes={rest} scope="event" />
      <Dropped count={event.droppedAttributes} what="attributes" />
    </li>
  );
}

export function LinksTab({ view, details }: { view: TraceView; details: SpanDetails }) {
  if (details.links.length === 0) {
    return <p className={styles.none}>{words.details.noLinks}</p>;
  }
  return (
    <ol>
      {details.links.map((link, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: links have no id and never change order.
        <LinkEntry key={i} link={link} view={view} timeMs={epochMsOf(details.startNs)} />
      ))}
      <Dropped count={details.droppedLinks} what="links" />
    </ol>
  );
}

function LinkEntry({ link, view, timeMs }: { link: SpanLink; view: TraceView; timeMs: number }) {
  const here = link.traceId === view.store.traceId ? findSpanId(view.store, link.spanId) : -1;
  const short = `${link.traceId.slice(0, 12)}… / ${link.spanId}`;
  return (
    <li className={styles.entry}>
      <p>
        {here >= 0 ? (
          <button type="button" className={styles.jump} onClick={() => view.reveal(here)}>
            {readableName(view.store.names[view.store.name[here]!]!)} ({words.details.sameTrace})
          </button>
        ) : (
          <Link
            {...traceLink(link.traceId, { span: link.spanId, timeMs })}
            aria-label={words.details.linkTo(link.traceId)}
          >
            <code>{short}</code>
          </Link>
        )}
      </p>
      <AttributeList attributes={link.attributes} scope="link" />
      <Dropped count={link.droppedAttributes} what="attributes" />
    </li>
  );
}

export function ResourceTab({ details }: { details: SpanDetails }) {
  const { resource, scope } = details;
  return (
    <>
      <h3 className={styles.heading}>{words.details.resource}</h3>
      <AttributeList attributes={sorted(resource.attributes)} scope="resource" />
      {(scope.name !== '' || scope.attributes.length > 0) && (
        <>
          <h3 className={styles.heading}>{words.details.scope}</h3>
          <p>
            <code>
              {scope.name} {scope.version}
            </code>
          </p>
          <AttributeList attributes={sorted(scope.attributes)} scope="scope" />
        </>
      )}
    </>
  );
}

export function RawTab({ details }: { details: SpanDetails }) {
  const text = JSON.stringify(details, null, 2);
  return (
    <>
      <Button onPress={() => void copyText(text)}>{words.details.copyRaw}</Button>
      <pre className={styles.raw}>{text}</pre>
    </>
  );
}

function Dropped({ count, what }: { count: number; what: string }) {
  return count > 0 ? <p className={styles.marks}>{words.details.dropped(count, what)}</p> : null;
}

function sorted(attributes: readonly Attribute[]): Attribute[] {
  return attributes.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
