export type { Exchange, HeaderPair, RecordingHeader, StoredBody } from './exchange.ts'
