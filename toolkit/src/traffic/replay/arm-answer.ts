import type { Answer } from '../../compare/index.ts'

/** What an arm gave for one request: an answer, or why there is none. `tookMs` counts from when the request was written. */
export type ArmAnswer =
  | { readonly ok: true; readonly answer: Answer; readonly tookMs: number }
  | { readonly ok: false; readonly why: string; readonly tookMs: number }
