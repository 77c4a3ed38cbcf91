import { expect, test } from 'vitest';
import { clusterStatements } from './cluster.ts';
import { sqlOrder, sqlText } from './sql-files.ts';

/** The cluster form of the whole schema, for review. Rewritten by UPDATE=1 (or vitest -u). */
test('the cluster form of the schema', async () => {
  const statements = (['tables', 'views'] as const).flatMap((folder) =>
    sqlOrder(folder).flatMap((name) => clusterStatements(sqlText(folder, name), 'prod')),
  );
  await expect(`${statements.join(';\n\n')};\n`).toMatchFileSnapshot('../cases/cluster.golden.sql');
});

test('no statement on a cluster is left with a name or setting of one node', () => {
  for (const folder of ['tables', 'views'] as const) {
    for (const name of sqlOrder(folder)) {
      for (const statement of clusterStatements(sqlText(folder, name), 'prod')) {
        expect(statement).toContain("on cluster 'prod'");
        expect(statement).not.toContain('non_replicated');
        expect(statement).not.toMatch(/^engine = (Summing|Aggregating|Replacing)?MergeTree/m);
        expect(statement).not.toMatch(/\bfrom spans\b/);
      }
    }
  }
});

test('a table without a sharding key is an error', () => {
  expect(() => clusterStatements('create table if not exists odd (\n  a UInt8\n)', 'prod')).toThrow(
    'no sharding key for odd',
  );
});
