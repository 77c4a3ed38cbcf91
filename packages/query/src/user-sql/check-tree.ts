/**
 * The engine's own reading of the statement that was printed (EXPLAIN AST), compared with what may be
 * in it: kinds of nodes, functions and tables by list. Our parser and printer have refused everything
 * else before; this holds even if one of them is wrong. Fails closed: an unknown kind is refused.
 *
 * Never knows: the user's text.
 */
import { allowedFunction } from './functions.ts';
import { views } from './views.ts';
import { isTypeName, isZoneName, typePlace, zonePlaces } from './zones.ts';

const kinds = new Set(
  `SelectWithUnionQuery SelectIntersectExceptQuery SelectQuery ExpressionList Identifier Literal Function Subquery
  TablesInSelectQuery TablesInSelectQueryElement TableExpression TableIdentifier TableJoin ArrayJoin WithElement
  Asterisk QualifiedAsterisk ColumnsTransformerList ColumnsExceptTransformer OrderByElement WindowDefinition
  WindowListElement`.split(/\s+/),
);

/** What the engine's parser makes of operators, casts and clauses. */
const madeByParser = new Set(
  `CAST lambda tuple array arrayElement tupleElement and or not negate plus minus multiply divide modulo equals notEquals
  less greater lessOrEquals greaterOrEquals like notLike ilike notILike in notIn isNull isNotNull multiIf
  caseWithExpression exists concat countDistinct`.split(/\s+/),
);

const tables = new Set(Object.values(views).map(({ table }) => table));

export class UnexpectedTree extends Error {
  override readonly name = 'UnexpectedTree';
}

/**
 * @param tree the text of EXPLAIN AST, a node to a line, one blank of indentation per level
 * @throws UnexpectedTree naming the node
 */
export function checkTree(tree: string): void {
  const lines = tree.split('\n').filter((line) => line.trim() !== '');
  if (!/^SelectWithUnionQuery\b/.test(lines[0] ?? '')) throw refused(lines[0] ?? 'nothing');
  const open: string[] = [];
  lines.forEach((line, at) => {
    const depth = line.search(/[^ ]/);
    if (depth > open.length) throw refused(line);
    open.length = depth;
    checkNode(line.trim(), open);
    const isTable = open.at(-1)?.startsWith('TableExpression') === true;
    if (/^Function /.test(line.trim()) && !isTable) checkArguments(lines, at, depth);
    open.push(line.trim());
  });
}

function checkNode(line: string, open: readonly string[]): void {
  const [kind = '', name = ''] = line.split(' ');
  if (!kinds.has(kind)) throw refused(line);
  if (kind === 'TableIdentifier' && !/^cte_\d+$/.test(name)) throw refused(line);
  if (kind === 'WithElement' && open.length === 0) throw refused(line);
  if (kind !== 'Function') return;
  const isTable = open.at(-1)?.startsWith('TableExpression') === true;
  const isAllowed = isTable
    ? tables.has(name) || name === 'numbers'
    : madeByParser.has(name) || allowedFunction(name) === name || isCombinedByParser(name);
  if (!isAllowed) throw refused(line);
}

/** `count(distinct x)` and `sum(x) filter (where y)` are functions to the engine. */
function isCombinedByParser(name: string): boolean {
  const plain = name.replace(/If$/, '').replace(/Distinct$/, '');
  return plain !== name && allowedFunction(plain) === plain;
}

/** Arguments that are more than values: what stands at their places is a list, a query, a plain word, never computed. */
function checkArguments(lines: readonly string[], at: number, depth: number): void {
  const [, name = ''] = lines[at]!.trim().split(' ');
  const args = argumentsOf(lines, at, depth);
  const isWord = (place: number, fits: (text: string) => boolean): boolean => {
    // The engine escapes the quotes once more.
    const text = /^Literal \\?'([^'\\]*)\\?'(?: |$)/.exec(args[place] ?? '')?.[1];
    return text === '' || (text !== undefined && fits(text));
  };
  const type = typePlace(name);
  const fits =
    zonePlaces(name, args.length).every((place) => isWord(place, isZoneName)) &&
    (type === null || isWord(type, isTypeName));
  // The right side of IN, were it a name, would be a table.
  const isIn = /^(?:not)?[iI]n$/.test(name);
  const isList = /^(?:Literal|Subquery|Function tuple)\b/.test(args[1] ?? '');
  if (!fits || (isIn && (args.length !== 2 || !isList))) throw refused(lines[at]!);
}

function argumentsOf(lines: readonly string[], at: number, depth: number): readonly string[] {
  const args: string[] = [];
  for (let row = at + 2; row < lines.length; row++) {
    const indent = lines[row]!.search(/[^ ]/);
    if (indent < depth + 2) break;
    if (indent === depth + 2) args.push(lines[row]!.trim());
  }
  return args;
}

function refused(line: string): UnexpectedTree {
  return new UnexpectedTree(
    `the engine reads something in the statement that may not be there: ${line.trim().slice(0, 200)}`,
  );
}
