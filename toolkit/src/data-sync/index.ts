export {
  type AggregateKey,
  type AggregateRows,
  type AggregateTables,
  type CapabilityManifest,
  type ChildTable,
  type ColumnValue,
  defineCapability,
  type Row,
  tables,
} from './capability.ts'
