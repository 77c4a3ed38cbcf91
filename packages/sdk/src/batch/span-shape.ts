/**
 * What spans of one name have in common, remembered as bytes: the name and runs of attributes.
 *
 * The spans of one place in a program carry mostly the same attributes in the same order. Those that
 * equal the remembered ones, slot by slot, are copied in runs; the rest is encoded one by one. That
 * saved a sixth of the pipeline when it was measured. All of it is bounded, and a name whose spans never resemble
 * each other stops learning. Never knows: times, ids, what an attribute means.
 */

import type { AttributeList } from '../attribute-list.ts';
import type { Value } from '../attribute-value.ts';
import { encodeAttribute } from './encode-attributes.ts';
import { SpanBytes } from './span-bytes.ts';

const NAMES_MAX = 512;
const NAME_CHARS_MAX = 128;
/** Remembered attributes of one name, in slots (two each). */
const SLOTS_MAX = 64;
/** Values that are longer are encoded anew: an attribute's whole encoding may be this long. */
const PAIR_BYTES_MAX = 512;
/** Learns again after so many poor spans in a row, so that one odd span does not undo a shape … */
const POOR_MAX = 4;
/** … and at most so often between spans that fit. */
const LESSONS_MAX = 16;
const NAME_TAG = 0x2a;
const ATTRIBUTE_TAG = 0x4a;
const NOTHING = false;

export class SpanShape {
  /** Tag, length and text of the name. */
  readonly head: Uint8Array;
  slots: (string | Value)[] = [];
  /** Where the bytes of the attribute at a slot begin; one more for the end. */
  starts: number[] = [0];
  bytes: Uint8Array = new Uint8Array(0);
  /** The last run that began at a slot: a view costs more than the copy that it is for. */
  runs: (Uint8Array | undefined)[] = [];
  runEnds: number[] = [];
  poor = 0;
  lessons = 0;

  constructor(name: string) {
    const out = new SpanBytes(3 * name.length + 16);
    if (name !== '') {
      out.byte(NAME_TAG);
      out.text(name);
    }
    this.head = out.bytes.subarray(0, out.at);
  }

  /** The bytes of the attributes in the slots `from` … `to`. */
  run(from: number, to: number): Uint8Array {
    const at = from >> 1;
    if (this.runEnds[at] === to) return this.runs[at]!;
    const run = this.bytes.subarray(this.starts[at], this.starts[to >> 1]);
    this.runs[at] = run;
    this.runEnds[at] = to;
    return run;
  }
}

const shapes = new Map<string, SpanShape>();
let last = new SpanShape('');
let lastName = '';

/** The shape of the spans of a name; a new one for names too long or too many to be remembered. */
export function shapeOf(name: string): SpanShape {
  if (name === lastName) return last;
  let shape = shapes.get(name);
  if (shape === undefined) {
    shape = new SpanShape(name);
    if (name.length > NAME_CHARS_MAX) return shape;
    if (shapes.size >= NAMES_MAX) shapes.clear();
    shapes.set(name, shape);
  }
  last = shape;
  lastName = name;
  return shape;
}

/** Writes the attributes of a span, copying what equals the shape's. */
export function encodeShaped(out: SpanBytes, shape: SpanShape, list: AttributeList): void {
  const { slots, used } = list;
  const known = shape.slots;
  const most = used < known.length ? used : known.length;
  let copied = 0;
  let at = 0;
  while (at < most) {
    const from = at;
    while (at < most && slots[at] === known[at] && slots[at + 1] === known[at + 1]) at += 2;
    if (at > from) {
      out.raw(shape.run(from, at));
      copied += at - from;
    }
    if (at < most) {
      encodeAttribute(out, ATTRIBUTE_TAG, slots[at] as string, slots[at + 1] as Value);
      at += 2;
    }
  }
  for (; at < used; at += 2) {
    encodeAttribute(out, ATTRIBUTE_TAG, slots[at] as string, slots[at + 1] as Value);
  }
  if (copied * 2 >= used) {
    shape.poor = 0;
    shape.lessons = 0;
  } else if (shape.lessons < LESSONS_MAX && ++shape.poor >= POOR_MAX) learn(shape, list);
}

/** Remembers a span as the shape. Lists, maps and long values never equal a remembered one. */
function learn(shape: SpanShape, list: AttributeList): void {
  const used = Math.min(list.used, SLOTS_MAX);
  const out = new SpanBytes(1024);
  const slots = list.slots.slice(0, used);
  const starts = [0];
  for (let at = 0; at < used; at += 2) {
    const from = out.at;
    encodeAttribute(out, ATTRIBUTE_TAG, slots[at] as string, slots[at + 1] as Value);
    const isKept = typeof slots[at + 1] !== 'object' && out.at - from <= PAIR_BYTES_MAX;
    if (!isKept) {
      // Equals no key, and holds nothing of the application.
      slots[at] = NOTHING;
      slots[at + 1] = NOTHING;
      out.at = from;
    }
    starts.push(out.at);
  }
  shape.slots = slots;
  shape.starts = starts;
  shape.runs = starts.map(() => undefined);
  shape.runEnds = starts.map(() => 0);
  shape.bytes = out.bytes.slice(0, out.at);
  shape.poor = 0;
  shape.lessons += 1;
}
