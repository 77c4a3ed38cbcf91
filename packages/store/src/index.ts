/** The engine and its schema. Start from `openEngine`. */
export { clusterStatements, onTwoShards } from './cluster.ts';
export { type ColumnName, type TableName, tables } from './columns.ts';
export {
  type EmbeddedPlace,
  type Engine,
  type EngineOptions,
  openEngine,
  type RemotePlace,
} from './engine.ts';
export * from './errors.ts';
export type { Loaded, LoadOptions, Segment } from './load.ts';
export { lockDataDirectory } from './lock.ts';
export { rebuildDay } from './rebuild.ts';
export {
  type BrokenPart,
  brokenParts,
  type KeptSegment,
  type Recovery,
  replayLost,
  segmentRowCounts,
} from './recover.ts';
export { type Setting, storeSettings } from './settings.ts';
export type {
  Answer,
  ColumnsAnswer,
  Log,
  ReadFormat,
  ReadOptions,
  RunOptions,
  Statement,
} from './statement.ts';
export { type RootCount, rootThroughput } from './throughput.ts';
