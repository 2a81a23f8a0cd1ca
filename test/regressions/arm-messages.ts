import type { Additions } from './additions.ts'
import type { Plant } from './spoiler.ts'

/** What an arm's process is asked: to serve a database anew, or how many answers it has spoiled since. */
export type ArmQuestion =
  | {
      readonly kind: 'serve'
      readonly arm: 'legacy' | 'service'
      readonly database: string
      readonly additions: Additions
      readonly plants: readonly Plant[]
    }
  | { readonly kind: 'spoiled' }

/** What it says. */
export type ArmReply =
  | { readonly kind: 'serving'; readonly url: string }
  | { readonly kind: 'spoiled'; readonly counts: Readonly<Record<string, number>> }
  | { readonly kind: 'failed'; readonly why: string }
