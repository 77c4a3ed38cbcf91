/** What an operator sets about the engine. One shape in every package; the command line joins them. */

export type Setting = {
  readonly key: string;
  readonly type: 'string' | 'int' | 'bytes' | 'duration' | 'bool' | 'choice' | 'listen';
  readonly choices?: readonly string[];
  readonly default: string | number | boolean;
  readonly min?: number;
  readonly max?: number;
  readonly says: string;
};

const MiB = 1024 * 1024;

export const storeSettings: readonly Setting[] = [
  {
    key: 'clickhouse.url',
    type: 'string',
    default: '',
    says: 'HTTP address of a ClickHouse server; empty = the embedded engine in the data directory',
  },
  { key: 'clickhouse.user', type: 'string', default: 'default', says: 'user of the remote server' },
  { key: 'clickhouse.password', type: 'string', default: '', says: 'password of that user' },
  {
    key: 'clickhouse.database',
    type: 'string',
    default: 'clew',
    says: 'database of the tables; created when missing',
  },
  {
    key: 'clickhouse.cluster',
    type: 'string',
    default: '',
    says: 'name of a cluster: tables become replicated and distributed on it; empty = one server',
  },
  {
    key: 'clickhouse.sql_user',
    type: 'string',
    default: '',
    says: "user of the remote server that runs users' SQL, with rights on the sql_… views only; empty = clickhouse.user",
  },
  {
    key: 'clickhouse.sql_password',
    type: 'string',
    default: '',
    says: 'password of clickhouse.sql_user',
  },
  {
    key: 'engine.sessions',
    type: 'int',
    default: 4,
    min: 1,
    max: 64,
    says: 'queries that the embedded engine runs side by side; loads have a session of their own',
  },
  {
    key: 'engine.memory_bytes_max',
    type: 'bytes',
    default: 2048 * MiB,
    min: 512 * MiB,
    says: 'memory of the embedded engine; a statement past it fails, the engine lives on',
  },
];
