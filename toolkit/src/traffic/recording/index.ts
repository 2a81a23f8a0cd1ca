// Writes recordings and keeps their folder small; to read them takes schemas, which an edge need not load.
export { type Deleted, keepNewest, recordedBytes } from './keep-newest.ts'
export {
  type RecordingOptions,
  type RecordingSink,
  type RecordingSummary,
  writeRecording,
} from './recording-sink.ts'
