export type { Exchange, HeaderPair, NotStored, RecordingHeader, StoredBody } from './exchange.ts'
export { type ExportOptions, type ExportReport, type ExportSkip, exportExchanges } from './formats/export-exchanges.ts'
export type { ForeignFormat, ForeignSkip } from './formats/foreign.ts'
export {
  type ImportedExchanges,
  type ImportedRequest,
  type ImportedRoute,
  type ImportOptions,
  importExchanges,
} from './formats/import-exchanges.ts'
export type { ImportReport } from './formats/import-report.ts'
export { type Deleted, keepNewest, recordedBytes } from './recording/keep-newest.ts'
export { type MalformedLine, type Recording, type RecordingReport, readRecording } from './recording/recording.ts'
export {
  type RecordingOptions,
  type RecordingSink,
  type RecordingSummary,
  writeRecording,
} from './recording/recording-sink.ts'
export { buildRedactor, type RawExchange, type Redact, type RedactorOptions } from './redact/redact.ts'
export type { BodyInTheRaw } from './redact/redact-body.ts'
export type { RedactionRules } from './redact/rules.ts'
export { buildScan, type Finding, type Scan } from './redact/scan.ts'
export { type ScanReport, scanRecording } from './redact/scan-recording.ts'
export { holdsToken } from './redact/token.ts'
export { productionOf } from './replay/production-of.ts'
export { replayRecording } from './replay/replay.ts'
export type { NoiseOptions, ReplayOptions, ReplayReport, ReplayWrites } from './replay/replay-options.ts'
export type { SkipReason } from './replay/replay-request.ts'
export type { ByArm, Replayed, ReplayProgress } from './replay/replayed.ts'
export { buildShownDifferences, type ShownDifferences } from './replay/shown-differences.ts'
export {
  type RouteSuggestion,
  type SuggestedCapability,
  type SuggestedTemplate,
  suggestRoutes,
} from './suggest/suggest-routes.ts'
export { type SuggestionPlace, suggestionText } from './suggest/suggestion-text.ts'
export { openVault, type Vault } from './vault/vault.ts'
export { readOrMakeVaultKey } from './vault/vault-key.ts'
export { buildVaultSealer, createVault, type VaultFile, type VaultSealer } from './vault/vault-writer.ts'
