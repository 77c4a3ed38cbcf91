/**
 * Marks: what was done to a span on its way in, as bits of the span's field 1000.
 *
 * Nothing a client sent is lost silently: whatever `mendTraces` cuts, moves or drops leaves a bit
 * on the span it belongs to. Bits are stored, so they never change their meaning; new ones are
 * added at the end. Never knows: who reads them.
 */

/** Mark → bit. */
export const marks = {
  /** Attributes over the limit were dropped (and added to the dropped count). */
  attributes_cut: 1 << 0,
  /** A key was longer than allowed and was shortened. */
  key_cut: 1 << 1,
  /** A value was longer than allowed and was shortened. */
  value_cut: 1 << 2,
  /** A name, version, trace state, message or schema url was shortened. */
  name_cut: 1 << 3,
  /** Events over the limit were dropped (and added to the dropped count). */
  events_cut: 1 << 4,
  /** Links over the limit, or with ids of a wrong length, were dropped (and counted likewise). */
  links_cut: 1 << 5,
  /** A value nested deeper than allowed is kept as the bytes of its encoding. */
  value_flattened: 1 << 6,
  /** Start and end were moved into the window; the original start is an attribute. */
  time_moved: 1 << 7,
  /** The end was before the start and now equals it; the original end is an attribute. */
  end_before_start: 1 << 8,
  /** The duration was longer than allowed; the original end is an attribute. */
  duration_cut: 1 << 9,
  /** A field that may stand once was given twice, or a value had two members: the last one won. */
  repeated_field: 1 << 10,
  /** A kind or status outside the specification became 0. */
  unknown_enum: 1 << 11,
  /** Text was not UTF-8; the bad bytes became U+FFFD. */
  text_repaired: 1 << 12,
  /** The resource or the scope of this span was cut or repaired. */
  origin_mended: 1 << 13,
  /** A number was out of its range and was reduced as protobuf decoders do. */
  number_reduced: 1 << 14,
  /** A field number reserved for this program was dropped. */
  reserved_field: 1 << 15,
} as const;

export type Mark = keyof typeof marks;

/** The names of the bits set in `bits`, in the order of the table. */
export function markNames(bits: number): Mark[] {
  return (Object.keys(marks) as Mark[]).filter((name) => (bits & marks[name]) !== 0);
}
