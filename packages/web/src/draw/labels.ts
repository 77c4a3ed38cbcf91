/**
 * The tree column: caret, service rail, bold service and operation, what is folded away, and the mark of an error.
 *
 * Never knows: bars, time.
 */
import { formatDuration } from '../format/duration.ts';
import { hasBit } from '../model/bitset.ts';
import { isError, subtreeErrors } from '../model/trace-store.ts';
import { PLACE } from '../model/tree-order.ts';
import { groupOfRow } from '../model/visible-rows.ts';
import { CARET_WIDTH, indentMax, labelX, RAIL_AT, RAIL_WIDTH, TEXT_AT } from './layout.ts';
import { readableName } from './readable.ts';
import { fonts, type Scene } from './scene.ts';

/** Glyph of a failed span: the label carries it, because a red bar alone is not seen by everybody. */
export const ERROR_GLYPH = '✕';

const GAP = 5;

/** Draws the label of one row whose top is at `top`. */
export function drawLabel(
  context: CanvasRenderingContext2D,
  scene: Scene,
  row: number,
  top: number,
): void {
  const code = scene.view.visible.rows[row]!;
  if (code < 0) {
    drawGroupLabel(context, scene, row, top);
  } else {
    drawSpanLabel(context, scene, row, top);
  }
}

function drawSpanLabel(
  context: CanvasRenderingContext2D,
  scene: Scene,
  row: number,
  top: number,
): void {
  const { store, view, layout, theme, textures } = scene;
  const span = view.visible.rows[row]!;
  const x = labelX(view.visible.indent[row]!, layout);
  const hasChildren = store.subtreeSize[span]! > 1;
  const isOpen = !hasBit(view.fold.collapsed, span);
  if (hasChildren) {
    drawCaret(context, x + CARET_WIDTH / 2, top + layout.rowHeight / 2, isOpen, theme.text[2]);
  }
  const service = store.services[store.service[span]!]!;
  context.fillStyle = textures.fill(context, service.look);
  context.fillRect(x + RAIL_AT, top + 5, RAIL_WIDTH, layout.rowHeight - 10);
  const pen = new Pen(context, scene, x + TEXT_AT, top + layout.rowHeight / 2);
  const tail = tailOf(scene, span, row, hasChildren && !isOpen);
  pen.reserve(tail);
  const { bold, body } = fonts(theme);
  pen.write(bold, theme.text[0], readableName(service.name), 0.6);
  pen.write(body, theme.text[1], readableName(store.names[store.name[span]!]!), 1);
  pen.release();
  for (const { text, colour } of tail) {
    pen.write(fonts(theme).small, colour, text, 1);
  }
}

interface Tail {
  readonly text: string;
  readonly colour: string;
}

/** What follows the names: never shortened away before the names are. */
function tailOf(
  { store, view, layout, theme }: Scene,
  span: number,
  row: number,
  folded: boolean,
): Tail[] {
  const tail: Tail[] = [];
  if (isError(store, span)) {
    tail.push({ text: ERROR_GLYPH, colour: theme.error });
  }
  if (folded) {
    tail.push({ text: `+${store.subtreeSize[span]! - 1}`, colour: theme.text[2] });
    const below = subtreeErrors(store, span) - (isError(store, span) ? 1 : 0);
    if (below > 0) {
      tail.push({ text: `${below} ${ERROR_GLYPH}`, colour: theme.error });
    }
  }
  if ((store.place[span]! & PLACE.orphan) !== 0) {
    tail.push({ text: 'parent missing', colour: theme.warning });
  }
  if ((store.place[span]! & PLACE.cycle) !== 0) {
    tail.push({ text: 'cycle', colour: theme.warning });
  }
  if (view.visible.indent[row]! > indentMax(layout)) {
    tail.push({ text: `↳${store.depth[span]}`, colour: theme.text[2] });
  }
  return tail;
}

/** `▸ 48 × GET stock/{sku}  Σ 212 ms  p95 6 ms  2 ✕` in a dashed frame. */
function drawGroupLabel(
  context: CanvasRenderingContext2D,
  scene: Scene,
  row: number,
  top: number,
): void {
  const { view, layout, theme, texts } = scene;
  const group = groupOfRow(view.visible.rows[row]!);
  const x = labelX(view.visible.indent[row]!, layout);
  const y = top + layout.rowHeight / 2;
  const { small } = fonts(theme);
  const room = layout.labelWidth - x - 6;
  const parts = groupParts(context, scene, group, room - GROUP_TEXT_AT - GAP);
  const width = parts.reduce(
    (total, [text]) => total + texts.width(context, small, text) + GAP,
    GROUP_TEXT_AT,
  );
  context.strokeStyle = theme.lineStrong;
  context.lineWidth = 1;
  context.setLineDash([3, 2]);
  context.beginPath();
  context.roundRect(x + 0.5, Math.round(top) + 3.5, width, layout.rowHeight - 7, 3);
  context.stroke();
  context.setLineDash([]);
  const isOpen = hasBit(view.fold.openGroups, group);
  drawCaret(context, x + CARET_WIDTH / 2, y, isOpen, theme.text[2]);
  context.font = small;
  let at = x + GROUP_TEXT_AT;
  for (const [text, colour] of parts) {
    context.fillStyle = colour;
    context.fillText(text, at, y);
    at += texts.width(context, small, text) + GAP;
  }
}

const GROUP_TEXT_AT = 16;

/** The texts that fit. The sum goes first, because it also stands beside the bar; then the p95, then the name's end. */
function groupParts(
  context: CanvasRenderingContext2D,
  { store, theme, texts }: Scene,
  group: number,
  room: number,
): (readonly [text: string, colour: string])[] {
  const { small } = fonts(theme);
  const { count, name, sum, p95, errors } = groupTexts({ store }, group);
  const failed = errors > 0 ? `${errors} ${ERROR_GLYPH}` : '';
  const widthOf = (list: readonly string[]) =>
    list.reduce(
      (total, text) => total + (text === '' ? 0 : texts.width(context, small, text) + GAP),
      0,
    );
  const numbers =
    [[sum, p95], [p95], []].find((some) => widthOf([count, name, ...some, failed]) <= room) ?? [];
  const nameRoom = room - widthOf([count, ...numbers, failed]) - GAP;
  return (
    [
      [count, theme.text[0]],
      [texts.fit(context, small, name, nameRoom), theme.text[1]],
      ...numbers.map((text) => [text, theme.text[1]] as const),
      [failed, theme.error],
    ] as const
  ).filter(([text]) => text !== '');
}

/** The words of a group row; the DOM mirror reads them too. */
export function groupTexts(
  { store }: Pick<Scene, 'store'>,
  group: number,
): { count: string; name: string; sum: string; p95: string; errors: number } {
  const { groups } = store;
  const from = groups.from[group]!;
  const to = groups.from[group + 1]!;
  let errors = 0;
  for (let i = from; i < to; i++) {
    errors += subtreeErrors(store, groups.members[i]!);
  }
  return {
    count: `${(to - from).toLocaleString('en').replaceAll(',', '\u202f')} ×`,
    name: readableName(store.names[store.name[groups.members[from]!]!]!),
    sum: `Σ ${formatDuration(groups.sum[group]!)}`,
    p95: `p95 ${formatDuration(groups.p95[group]!)}`,
    errors,
  };
}

function drawCaret(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  isOpen: boolean,
  colour: string,
): void {
  context.fillStyle = colour;
  context.beginPath();
  if (isOpen) {
    context.moveTo(x - 3.5, y - 2);
    context.lineTo(x + 3.5, y - 2);
    context.lineTo(x, y + 2.5);
  } else {
    context.moveTo(x - 2, y - 3.5);
    context.lineTo(x + 2.5, y);
    context.lineTo(x - 2, y + 3.5);
  }
  context.fill();
}

/** Writes texts one after the other and shortens them at the edge of the column. */
class Pen {
  readonly #context: CanvasRenderingContext2D;
  readonly #scene: Scene;
  readonly #y: number;
  #x: number;
  #reserved = 0;

  constructor(context: CanvasRenderingContext2D, scene: Scene, x: number, y: number) {
    this.#context = context;
    this.#scene = scene;
    this.#x = x;
    this.#y = y;
  }

  reserve(tail: readonly Tail[]): void {
    const { texts, theme } = this.#scene;
    const { small } = fonts(theme);
    for (const { text } of tail) {
      this.#reserved += texts.width(this.#context, small, text) + GAP;
    }
  }

  release(): void {
    this.#reserved = 0;
  }

  /** @param share of the room that is left which the text may take */
  write(font: string, colour: string, text: string, share: number): void {
    const { layout, texts } = this.#scene;
    const room = (layout.labelWidth - 6 - this.#x - this.#reserved) * share;
    const fitted = texts.fit(this.#context, font, text, room);
    if (fitted === '') {
      return;
    }
    this.#context.font = font;
    this.#context.fillStyle = colour;
    this.#context.fillText(fitted, this.#x, this.#y);
    this.#x += texts.width(this.#context, font, fitted) + GAP;
  }
}
