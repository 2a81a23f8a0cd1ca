import type { Json } from '../base/index.ts'

/** A header as it stood on the wire: name in its own case, value; repeated names stay separate and in order. */
export type HeaderPair = readonly [name: string, value: string]

/** A body as it is stored: text when it is valid UTF-8, base64 otherwise. `bytes` counts the whole, stored or not. */
export interface StoredBody {
  readonly encoding: 'utf8' | 'base64'
  readonly data: string
  readonly bytes: number
  /** True when `data` holds only the beginning, or nothing. */
  readonly truncated: boolean
  /** Why `truncated`; undefined for a whole body, and in recordings that do not say it. */
  readonly notStored?: NotStored | undefined
  /**
   * `sha256:` and 64 hex digits of the whole body, decoded from its coding: of an answer whose body is binary, or larger
   * than what is stored, so that it can still be compared. Undefined where it is not known.
   */
  readonly digest?: string | undefined
}

/** Why a body, or the rest of it, is not in a recording: what cannot be read cannot be redacted (law 8). */
export type NotStored =
  /** Longer than the recorder's bound. */
  | 'too-large'
  /** Binary, and not of a kind that is known to hold no secret. */
  | 'not-text'
  /** Several files or fields in one body. */
  | 'multipart'
  /** Coded in a way that is unknown here, broken, or cut before its end. */
  | 'not-decodable'

/** A request with its answer: one line of a recording. Redacted before it exists in this form. */
export interface Exchange {
  /** The edge's request id. */
  readonly id: string
  /** When the request arrived: ISO 8601, UTC. */
  readonly at: string
  readonly route: string
  readonly capability: string | undefined
  /** The arm that answered, or the upstream's name for a plain route. */
  readonly servedBy: string
  /** A keyed token that is equal for equal callers; undefined for one who cannot be told apart. */
  readonly caller: string | undefined
  readonly request: {
    readonly method: string
    /** Path and query, as sent. */
    readonly target: string
    readonly headers: readonly HeaderPair[]
    readonly body: StoredBody | undefined
  }
  readonly response: {
    /** 0 where only the request is known, as in files of other tools; `body` is then truncated. */
    readonly status: number
    readonly headers: readonly HeaderPair[]
    readonly body: StoredBody | undefined
  }
  /** From the request's arrival to the end of the answer. */
  readonly tookMs: number
}

/** The first line of a recording. */
export interface RecordingHeader {
  readonly banyanRecording: 1
  readonly startedAt: string
  readonly routes: readonly string[]
  /** Which key made the tokens; the key itself is never stored. */
  readonly redaction?: { readonly keyId: string } | undefined
  /** Names the recording that this file is a part of: the same in all its parts. */
  readonly recording?: string | undefined
  /** Which part of a rotated recording this file is, from 1; undefined for one that is whole in one file. */
  readonly part?: number | undefined
  readonly meta?: Json | undefined
}
