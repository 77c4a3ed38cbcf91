/**
 * Keys and typed values, one below the other; long values show three lines, each row can be copied and searched for.
 *
 * Never knows: where the attributes come from.
 */
import { Copy, Search } from 'lucide-react';
import { useState } from 'react';
import type { Scope } from '../address/attribute-filter.ts';
import { exploreHref } from '../address/links.ts';
import { copyText } from '../shell/share.ts';
import styles from './AttributeList.module.css';
import { plainValue, valueText } from './attribute-groups.ts';
import type { Attribute } from './load-trace.ts';
import { words } from './words.ts';

/** About three lines of the value column at its first width. */
const LONG = 110;

export interface AttributeListProps {
  readonly attributes: readonly Attribute[];
  /** Where Explore should look for the key. */
  readonly scope: Scope;
}

export function AttributeList({ attributes, scope }: AttributeListProps) {
  return (
    <dl className={styles.list}>
      {attributes.map((attribute) => (
        <Row key={attribute.key} attribute={attribute} scope={scope} />
      ))}
    </dl>
  );
}

function Row({ attribute, scope }: { attribute: Attribute; scope: Scope }) {
  const { key, type } = attribute;
  const text = valueText(attribute);
  const isSearchable = ['string', 'int', 'double', 'bool'].includes(type) && text.length <= 200;
  const href = exploreHref({
    where: [{ scope, key, operator: '=', value: text }],
  });
  return (
    <div className={styles.row}>
      <dt title={key}>{key}</dt>
      <dd>
        <Value attribute={attribute} text={text} />
        <span className={styles.tools}>
          <button
            type="button"
            aria-label={words.details.copy(key)}
            title={words.details.copy(key)}
            onClick={() => void copyText(text)}
          >
            <Copy size={13} strokeWidth={1.5} aria-hidden="true" />
          </button>
          {isSearchable && (
            <a
              href={href}
              aria-label={words.details.explore(key)}
              title={words.details.explore(key)}
            >
              <Search size={13} strokeWidth={1.5} aria-hidden="true" />
            </a>
          )}
        </span>
      </dd>
    </div>
  );
}

function Value({ attribute, text }: { attribute: Attribute; text: string }) {
  const { type } = attribute;
  const shown =
    type === 'array' || type === 'kvlist'
      ? JSON.stringify(plainValue(attribute), null, text.length > 60 ? 2 : 0)
      : text;
  if (type === 'empty' || shown === '') {
    return <span className={styles.none}>{type === 'empty' ? 'empty' : '""'}</span>;
  }
  return <LongText text={shown} type={type} />;
}

/** Three lines, then all of it on request. `type` is told where it is not plain text. */
export function LongText({ text, type = 'string' }: { text: string; type?: string }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > LONG || text.split('\n', 4).length > 3;
  return (
    <>
      <code className={isLong && !isOpen ? styles.clamped : styles.value} title={type}>
        {isLong && !isOpen ? text.slice(0, 2000) : text}
      </code>
      {type !== 'string' && type !== 'array' && type !== 'kvlist' && (
        <span className={styles.type}>{type}</span>
      )}
      {isLong && (
        <button type="button" className={styles.more} onClick={() => setOpen(!isOpen)}>
          {isOpen ? words.details.less : words.details.more}
        </button>
      )}
    </>
  );
}
