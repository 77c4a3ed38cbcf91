/**
 * How the spans of a trace hang together, as plainly as possible: each question walks the whole trace. Only tests use it.
 *
 * Never knows: queries.
 */
import type { SlowSpan } from './slow-spans.ts';

/** By start, then id; a repeat of a span is left out. */
export function inOrder(spans: readonly SlowSpan[]): SlowSpan[] {
  const key = (span: SlowSpan) =>
    `${span.startNs} ${span.spanId} ${span.kind} ${span.name} ${span.durationNs}`;
  const once = spans.filter(
    (span, at) => spans.findIndex((other) => key(other) === key(span)) === at,
  );
  return once.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

export class SlowTree {
  readonly spans: SlowSpan[];
  constructor(spans: SlowSpan[]) {
    this.spans = spans;
  }

  /** The span that is named as parent, before circles are cut. */
  named(span: SlowSpan): SlowSpan | undefined {
    const twins = this.spans.filter((other) => other.spanId === span.spanId);
    if (twins.length === 2 && span.kind === 2) return twins.find((other) => other.kind !== 2);
    if (span.parentId === '') return undefined;
    const named = this.spans.filter((other) => other.spanId === span.parentId);
    const parent = named.find((other) => other.kind === 2) ?? named[0];
    return parent === span ? undefined : parent;
  }

  /** In a circle, the earliest span has no parent. */
  parent(span: SlowSpan): SlowSpan | undefined {
    const circle = [span];
    for (
      let up = this.named(span);
      up !== undefined && circle.length <= this.spans.length;
      up = this.named(up)
    ) {
      if (up === span) {
        const earliest = this.spans.find((one) => circle.includes(one));
        return earliest === span ? undefined : this.named(span);
      }
      circle.push(up);
    }
    return this.named(span);
  }

  ancestors(span: SlowSpan): SlowSpan[] {
    const up = this.parent(span);
    return up === undefined ? [] : [up, ...this.ancestors(up)];
  }

  children(span: SlowSpan): SlowSpan[] {
    return this.spans.filter((other) => this.parent(other) === span);
  }

  isRoot(span: SlowSpan): boolean {
    return span.parentId === '';
  }

  isPair(relation: string, a: SlowSpan, b: SlowSpan): boolean {
    if (relation === '>') return this.parent(b) === a;
    if (relation === '<') return this.parent(a) === b;
    if (relation === '>>') return this.ancestors(b).includes(a);
    if (relation === '<<') return this.ancestors(a).includes(b);
    if (a === b) return false;
    const [up, other] = [this.parent(a), this.parent(b)];
    if (up !== undefined || other !== undefined) return up === other;
    return a.parentId === b.parentId;
  }

  /** Left, right and parent number of every span below a root. */
  numbers(): Map<SlowSpan, { left: number; right: number; parent: number }> {
    const numbers = new Map<SlowSpan, { left: number; right: number; parent: number }>();
    let next = 0;
    const visit = (span: SlowSpan, parent: number) => {
      const own = { left: ++next, right: 0, parent };
      numbers.set(span, own);
      for (const child of this.children(span)) if (!this.isRoot(child)) visit(child, own.left);
      own.right = ++next;
    };
    for (const span of this.spans) if (this.isRoot(span)) visit(span, -1);
    return numbers;
  }
}
