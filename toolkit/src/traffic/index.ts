export type { Exchange, HeaderPair, NotStored, RecordingHeader, StoredBody } from './exchange.ts'
export { type Recording, type RecordingReport, readRecording } from './recording/recording.ts'
export {
  type RecordingOptions,
  type RecordingSink,
  type RecordingSummary,
  writeRecording,
} from './recording/recording-sink.ts'
export { buildRedactor, type RawExchange, type Redact, type RedactorOptions } from './redact/redact.ts'
export type { BodyInTheRaw } from './redact/redact-body.ts'
export { holdsToken } from './redact/token.ts'
export type { LatencySummary } from './replay/latency.ts'
export { type ReplayOptions, replayRecording } from './replay/replay.ts'
export type { ByArm, Replayed, ReplayedRoute, ReplayProgress, ReplayResult } from './replay/replay-report.ts'
export type { SkipReason } from './replay/replay-request.ts'
export { openVault, type Vault } from './vault/vault.ts'
