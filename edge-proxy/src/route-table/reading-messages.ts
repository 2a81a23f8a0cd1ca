import type { ConfigProblem, OwnerMove, PackedRouteTable } from '@banyan/toolkit/routing'

/** What the thread is to do: read a text, or write an owner into a file, which reads it, too. */
export type ReadingJob =
  | { readonly kind: 'parse'; readonly number: number; readonly text: string; readonly file: string }
  | { readonly kind: 'write-owner'; readonly number: number; readonly file: string; readonly move: OwnerMove }

/** What came of it. */
export type ReadingResult = { readonly number: number } & (
  | { readonly kind: 'table'; readonly packed: PackedRouteTable; readonly edited: boolean }
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] }
  | { readonly kind: 'failed'; readonly why: string }
)
