import type { RecordingHeader, RedactionRules } from '@banyan/toolkit/traffic'

/** How the recording thread redacts. */
export interface RedactionSettings {
  readonly rules: RedactionRules
  readonly maxBodyBytes: number
}

/** Files that a standing recording fills. */
export interface StandingFiles {
  readonly folder: string
  readonly partBytes: number
  readonly keepBytes: number
  /** The file with the vault's key; undefined: no vault. */
  readonly vaultKeyFile: string | undefined
}

/** What the edge tells its recording thread. */
export type ToRecordingThread =
  | { readonly kind: 'redact'; readonly settings: RedactionSettings }
  /** Lines of this recorder come back; the values behind their tokens too, sealed, with `vaultKey`. */
  | { readonly kind: 'stream'; readonly recorder: number; readonly vaultKey: Uint8Array | undefined }
  /** Lines of this recorder go into files. */
  | {
      readonly kind: 'store'
      readonly recorder: number
      readonly files: StandingFiles
      readonly header: RecordingHeader
    }
  | { readonly kind: 'frames'; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly recorder: number; readonly dropped: number }

/** What does not come with exchanges. */
export type ToldToThread = Exclude<ToRecordingThread, { readonly kind: 'frames' }>

/** What the recording thread tells the edge. */
export type FromRecordingThread =
  /** A batch has been dealt with: its size, and what became of its exchanges by recorder. */
  | { readonly kind: 'done'; readonly bytes: number; readonly results: readonly RecordedBatch[] }
  /** Nothing more comes of this recorder; what was to be stored has been. */
  | { readonly kind: 'ended'; readonly recorder: number }
  /** Its files cannot be written (any more). */
  | { readonly kind: 'failed'; readonly recorder: number; readonly why: string }

/** What became of one recorder's exchanges in a batch. */
export interface RecordedBatch {
  readonly recorder: number
  /** Redacted, and streamed back or stored. */
  readonly exchanges: number
  /** What could not be redacted is not stored (law 8), and what found no room neither. */
  readonly dropped: number
  /** NDJSON, of a recorder that streams. */
  readonly lines: Uint8Array | undefined
}
