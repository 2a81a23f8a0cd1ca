import type { Place } from './place.ts'
import type { Shell } from './shell.ts'

/** What one check of the doctor came to. */
export interface Finding {
  readonly check: string
  readonly outcome: 'ok' | 'warn' | 'fail'
  readonly text: string
  /** What to do about it; undefined when all is well. */
  readonly remedy: string | undefined
}

/** What a check may look at. */
export interface Patient {
  readonly place: Place
  readonly shell: Shell
}

/** All is well. */
export function ok(check: string, text: string): Finding {
  return { check, outcome: 'ok', text, remedy: undefined }
}

/** It works, and may not be what is meant. */
export function warn(check: string, text: string, remedy: string): Finding {
  return { check, outcome: 'warn', text, remedy }
}

/** It does not work. */
export function fail(check: string, text: string, remedy: string): Finding {
  return { check, outcome: 'fail', text, remedy }
}
