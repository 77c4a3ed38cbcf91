/**
 * Whether a trace has spans that operators over filters select: its spans as arrays, parents as places in them.
 *
 * `above[3]` is where the parent of the third span stands, or 0. `arrayEnumerateDense` finds the places in one pass: an id
 * that is there has the number of its place, any other a greater one; where an id is repeated, the number of the last span
 * is less than its place. Walks copy an array for each of its elements, so arrays are cut at 128 places and blocks are
 * small. A trace that was cut or repeats an id passes, and so does one in which a walk up from some span does not end: it is
 * deep, or goes in a circle.
 *
 * Never knows: where the spans are looked for.
 */
import { printField, type Relation, type SpansetExpression } from '@clew/traceql';
import type { Where } from '../plan.ts';
import { conjuncts } from './conjuncts.ts';
import { and, type Fragment, identifier, join, sql } from './fragment.ts';

/** @param spans conditions on spans that leave traces whole, or leave nothing of them */
export function selects(of: SpansetExpression, spans: Fragment): Fragment {
  const arrays = createArrays();
  const selected = arrays.selectedBy(of);
  const top = arrays.top();
  return sql`
    trace_id global in (
      with
        groupArray(128)(span_id) as ids,
        groupArray(128)(parent_span_id) as parent_ids,
        arrayEnumerateDense(arrayConcat(ids, parent_ids)) as numbers,
        arrayMap(
          number -> toUInt8(if(number > length(ids), 0, number)),
          arraySlice(numbers, length(ids) + 1)
        ) as above,
        ${join(arrays.definitions, sql`,\n`)}
      select trace_id
      from spans
      where ${spans}
      group by trace_id
      having has(${selected}, 1)
        or arrayExists(place -> place > 0, ${top})
        or count() > 128
        or numbers[length(ids)] != length(ids)
      settings max_block_size = 8192
    )
  `;
}

/** Where a condition must be one operand among others. */
export function wholeOf(where: Where): Fragment {
  return sql`(${and(where === null ? [] : conjuncts(where))})`;
}

type Arrays = {
  /** In the order in which they build on each other. */
  readonly definitions: readonly Fragment[];
  /** An array that says of every span whether it is selected. */
  selectedBy(of: SpansetExpression): Fragment;
  /** Where walks of 16 steps up end: nowhere (0), in a trace that is neither deep nor goes in a circle. */
  top(): Fragment;
};

function createArrays(): Arrays {
  const definitions: Fragment[] = [];
  const filters = new Map<string, Fragment>();
  let top: Fragment | null = null;
  return {
    definitions,
    selectedBy,
    top: () => top ?? define(topOfEach),
  };

  function define(array: Fragment): Fragment {
    const name = identifier(`s${definitions.length}`);
    definitions.push(sql`${array} as ${name}`);
    return name;
  }

  function filtered(where: Where): Fragment {
    const text = where === null ? '' : printField(where);
    const known = filters.get(text);
    if (known !== undefined) return known;
    const name = define(sql`groupArray(128)(toUInt8(${wholeOf(where)}))`);
    filters.set(text, name);
    return name;
  }

  function selectedBy(of: SpansetExpression): Fragment {
    if (of.kind === 'filter') return filtered(of.where);
    const [left, right] = [selectedBy(of.left), selectedBy(of.right)];
    const { operator } = of;
    const either = sql`arrayMap((one, other) -> one or other, ${left}, ${right})`;
    if (operator === '||') return define(either);
    if (operator === '&&') {
      const none = sql`arrayResize(emptyArrayUInt8(), length(ids))`;
      return define(sql`if(has(${left}, 1) and has(${right}, 1), ${either}, ${none})`);
    }
    const mode = operator[0] === '!' || operator[0] === '&' ? operator[0] : '';
    const relation = operator.slice(mode.length) as Relation;
    const found = standsIn(relation, left);
    if (mode === '!')
      return define(sql`arrayMap((is, found) -> is and not found, ${right}, ${found})`);
    const related = sql`arrayMap((is, found) -> is and found, ${right}, ${found})`;
    if (mode === '') return define(related);
    const also = sql`arrayMap((is, found) -> is and found, ${left}, ${standsIn(inverse[relation], right)})`;
    return define(sql`arrayMap((one, other) -> one or other, ${related}, ${also})`);
  }

  /** Of every span, whether one of `others` stands above it (`>`, `>>`), below it (`<`, `<<`) or beside it. */
  function standsIn(relation: Relation, others: Fragment): Fragment {
    switch (relation) {
      case '>':
        return sql`arrayMap(place -> ${others}[place], above)`;
      case '>>': {
        const walked = define(aboveEach(others));
        top ??= sql`${walked}.1`;
        return sql`${walked}.2`;
      }
      case '<': {
        const parents = define(sql`arrayMap((place, is) -> place * is, above, ${others})`);
        return sql`arrayMap(place -> has(${parents}, place), arrayEnumerate(above))`;
      }
      case '<<': {
        const walked = define(fromEach(others));
        return sql`arrayMap(place -> has(${walked}.2, place), arrayEnumerate(above))`;
      }
      case '~': {
        const parents = define(sql`arrayFilter((id, is) -> is, parent_ids, ${others})`);
        return sql`arrayMap((id, is) -> countEqual(${parents}, id) > is, parent_ids, ${others})`;
      }
    }
  }
}

const inverse: Readonly<Record<Relation, Relation>> = {
  '>': '<',
  '>>': '<<',
  '<': '>',
  '<<': '>>',
  '~': '~',
};

/**
 * Where each span's walk up stands, and whether it came by one of some. Each round looks twice as far as the one before:
 * four reach 16 levels. (Written out as four expressions this is no quicker to run, and ten times slower to plan.)
 */
function aboveEach(some: Fragment): Fragment {
  return sql`
    arrayFold(
      (walk, round) -> (
        arrayMap(place -> walk.1[place], walk.1),
        arrayMap((place, is) -> greatest(is, walk.2[place]), walk.1, walk.2)
      ),
      range(4),
      (above, arrayMap(place -> ${some}[place], above))
    )
  `;
}

const topOfEach = sql`
  arrayFold((walk, round) -> arrayMap(place -> walk[place], walk), range(4), above)
`;

/** From some spans upwards at once, 16 levels: where the walk stands in the end, and where it came by. */
function fromEach(some: Fragment): Fragment {
  return sql`
    arrayFold(
      (walk, level) -> (
        arrayFilter(place -> place > 0, arrayMap(place -> above[place], walk.1)),
        arrayConcat(walk.2, walk.1)
      ),
      range(16),
      (
        arrayFilter(place -> place > 0, arrayMap((place, is) -> toUInt8(place * is), above, ${some})),
        emptyArrayUInt8()
      )
    )
  `;
}
