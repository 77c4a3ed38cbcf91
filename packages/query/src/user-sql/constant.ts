/**
 * Which expressions are made of literals only.
 *
 * Never knows: text.
 */
import type { Expression } from './tree.ts';

/** True of literals and whatever is computed of them without a column, a query or a window. */
export function isConstant(of: Expression): boolean {
  switch (of.kind) {
    case 'number':
    case 'string':
    case 'constant':
      return true;
    case 'unary':
      return isConstant(of.of);
    case 'binary':
      return isConstant(of.left) && isConstant(of.right);
    case 'interval':
      return isConstant(of.count);
    case 'cast':
      return isConstant(of.value);
    case 'array':
    case 'tuple':
      return of.items.every(isConstant);
    case 'call':
      return (
        of.over === null &&
        of.filter === null &&
        of.parameters === null &&
        of.args.every((each) => each.kind !== 'star' && isConstant(each))
      );
    default:
      return false;
  }
}
